// What a page that was built some days ago says of itself, and the buttons that copy.
(() => {
  const built = document.querySelector("[data-day]");
  if (built) {
    const days = Math.floor((Date.now() - new Date(`${built.dataset.day}T00:00`)) / 86_400_000);
    if (days >= 2) {
      const said = document.createElement("strong");
      said.className = "so-old";
      said.textContent = `Built ${days} days ago; what is late may be later.`;
      built.append(said);
    }
  }
  const missing = document.querySelector("[data-missing]");
  if (missing) {
    const word = decodeURIComponent(location.pathname).split("/").pop().replace(/\.html$/, "").replace(/-/g, " ");
    const link = document.createElement("a");
    link.href = `${missing.dataset.home}index.html?q=${encodeURIComponent(word)}`;
    link.textContent = `search for “${word}”`;
    missing.append(" Or ", link, ".");
  }
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
        button.textContent = "Selected: press Ctrl+C";
      }
    });
  });
})();
