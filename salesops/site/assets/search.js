// The search on a page opened from the disk. No browser starts a worker there, so a hidden frame takes its place:
// it has names of its own, as a worker has, and the policy of the page holds in it.
if (location.protocol === "file:") {
  const load = (room, address) =>
    new Promise((loaded, failed) => {
      const script = room.document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = () => failed(new Error(`${address} does not load`));
      room.document.body.append(script);
    });

  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.ready = this.open().then((room) => load(room, new URL(address, location)).then(() => room));
    }

    async open() {
      const frame = document.createElement("iframe");
      frame.hidden = true;
      // Some browsers put a second document into a new frame a little later; only that one stays.
      await new Promise((there) => {
        frame.onload = there;
        document.body.append(frame);
      });
      const room = frame.contentWindow;
      room.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      room.importScripts = async (...addresses) => {
        for (const address of addresses) await load(room, address);
      };
      return room;
    }

    async postMessage(data) {
      (await this.ready).dispatchEvent(new MessageEvent("message", { data: structuredClone(data) }));
    }
  };
  window.IFrameWorker = window.Worker; // by this name the search knows that it is in a frame
}
