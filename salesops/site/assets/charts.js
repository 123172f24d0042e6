// Charts: each figure holds its specification as data. What draws it is fetched when the first of them comes near;
// it interprets and never evaluates, so that the policy of the page holds. Without this script there are the sentence and the table.
(() => {
  const here = document.currentScript.src;
  const font = 'system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';
  const drawn = new Map(); // of each figure the width for which it was drawn, and the view
  let vega;
  let fetched;

  const fetchVega = () =>
    (fetched ??= new Promise((there, failed) => {
      const script = document.createElement("script");
      script.src = new URL("vega.min.js", here);
      script.addEventListener("vega", (event) => there((vega = event.detail)));
      script.addEventListener("error", failed);
      document.head.append(script);
    }));

  const look = (width) => ({
    aria: false, // the figure has a caption and a table: a thousand marks need no names
    background: "transparent",
    font,
    view: { stroke: null },
    axis: {
      domain: false,
      gridColor: "var(--so-chart-grid)",
      labelColor: "var(--so-chart-ink)",
      labelFontSize: 12,
      labelLimit: width < 520 ? Math.round(width * 0.4) : 260,
      labelPadding: 6,
      ticks: false,
      title: null,
      titleColor: "var(--so-chart-ink)",
      titleFontSize: 12,
      titleFontWeight: 400,
    },
    text: { color: "var(--so-chart-ink)", fontSize: 12 },
  });

  const draw = (figure) => {
    const place = figure.querySelector(".so-drawing");
    const width = place.clientWidth;
    const before = drawn.get(figure);
    if (!width || before?.width === width) return;
    before?.view.finalize();
    const logger = vega.logger(vega.errorsOnly);
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const flow = vega.parse(vega.compile({ ...spec, width }, { config: look(width), logger }).spec, null, { ast: true });
    const view = new vega.View(flow, {
      container: place,
      expr: vega.expressionInterpreter,
      loader: vega.loader({ baseURL: figure.dataset.chart }),
      logger,
      renderer: "svg",
    });
    drawn.set(figure, { width, view });
    view.run();
    place.querySelector("svg").setAttribute("aria-hidden", "true"); // the place has the name
    figure.dataset.drawn = "";
  };

  const openTable = (figure) => (figure.querySelector("details").open = true);

  const resized = new ResizeObserver((entries) => requestAnimationFrame(() => entries.forEach((entry) => draw(entry.target.closest("figure")))));
  const near = new IntersectionObserver(
    (entries) =>
      entries
        .filter((entry) => entry.isIntersecting)
        .forEach(({ target }) => {
          near.unobserve(target);
          fetchVega()
            .then(() => {
              draw(target);
              resized.observe(target.querySelector(".so-drawing"));
            })
            .catch(() => openTable(target));
        }),
    { rootMargin: "400px" },
  );
  const figures = [...document.querySelectorAll("figure[data-chart]:not([data-claimed])")];
  figures.forEach((figure) => {
    figure.dataset.claimed = "";
    near.observe(figure);
  });
  addEventListener("beforeprint", () => figures.forEach((figure) => (vega ? draw(figure) : openTable(figure))));
})();
