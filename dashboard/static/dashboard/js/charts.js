// The price chart with its trades, and the equity curve. Figures come as JSON; colours come from the design's tokens.
(() => {
  "use strict";
  const LC = window.LightweightCharts;
  if (!LC) return;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const faint = (name, part) => colour(name).replace("rgb(", "rgba(").replace(")", `, ${part})`);
  const local = (seconds, options) => new Intl.DateTimeFormat(undefined, options).format(new Date(seconds * 1000));
  const minus = (text) => text.replace("-", "−");
  const percent = (fraction, digits = 2) => `${fraction > 0 ? "+" : ""}${minus((fraction * 100).toFixed(digits))}\u00a0%`;
  const numbers = (places) => {
    const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: places, maximumFractionDigits: places });
    return { type: "custom", minMove: 1 / 10 ** places, formatter: (price) => minus(format.format(price)) };
  };
  const tone = (value) => (value > 0 ? "up" : value < 0 ? "down" : "flat");

  const TICKS = [
    { year: "numeric" }, { month: "short" }, { month: "short", day: "numeric" },
    { hour: "2-digit", minute: "2-digit" }, { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  ];

  function look() {
    return {
      layout: {
        background: { color: "transparent" }, textColor: colour("ink-3"), attributionLogo: false,
        fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11.5, panes: { separatorColor: colour("line") },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colour("surface-3") } },
      crosshair: {
        vertLine: { color: colour("line-strong"), labelBackgroundColor: colour("ink-2") },
        horzLine: { color: colour("line-strong"), labelBackgroundColor: colour("ink-2") },
      },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.16 } },
      timeScale: {
        borderColor: colour("line"), timeVisible: true, secondsVisible: false, rightOffset: 3,
        tickMarkFormatter: (time, kind) => local(time, TICKS[kind]),
      },
      localization: { timeFormatter: (time) => local(time, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }) },
      handleScroll: { vertTouchDrag: false },
    };
  }

  class Panel {
    constructor(root, address) {
      this.root = root;
      this.address = root.dataset[address];
      this.canvas = root.querySelector("[data-canvas]");
      this.note = root.querySelector("[data-note]");
      this.legend = root.querySelector("[data-legend]");
      this.chart = LC.createChart(this.canvas, { autoSize: true, ...look() });
      this.turn = 0;
      root.addEventListener("click", (event) => this.pressed(event.target.closest("button")));
      document.addEventListener("autotrader:theme", () => this.recolour());
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    }

    pressed(button) {
      if (!button || !(button.dataset.range || button.dataset.instrument)) return;
      for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
      this.load(true);
    }

    chosen(name) {
      const button = this.root.querySelector(`[data-${name}][aria-pressed="true"]`);
      return button ? button.dataset[name] : "";
    }

    async load(fit) {
      const turn = ++this.turn;
      try {
        const answer = await fetch(this.url(), { headers: { Accept: "application/json", "HX-Request": "true" } });
        const data = await answer.json();
        if (turn !== this.turn) return;
        if (!answer.ok) throw new Error(data.error);
        this.draw(data, fit);
      } catch {
        if (turn === this.turn && !this.data) this.say("The figures could not be loaded. They are asked for again with the next news.");
      }
    }

    say(words) { this.note.textContent = words; this.note.hidden = words === ""; }

    recolour() {
      this.chart.applyOptions(look());
      this.paint();
      if (this.data) this.draw(this.data, false);
    }
  }

  class PricePanel extends Panel {
    constructor(root) {
      super(root, "priceChart");
      this.bars = this.chart.addSeries(LC.CandlestickSeries, { priceLineStyle: LC.LineStyle.Dotted });
      this.volume = this.chart.addSeries(LC.HistogramSeries, { priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
      this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.87, bottom: 0 } });
      this.marks = LC.createSeriesMarkers(this.bars, []);
      this.lines = [];
      this.paint();
      if (this.chosen("instrument")) this.load(true);
      else this.say("No instrument in the universe yet");
    }

    url() { return `${this.address.replace("SYMBOL", encodeURIComponent(this.chosen("instrument")))}?range=${this.chosen("range")}`; }

    paint() {
      const up = colour("gain"), down = colour("loss");
      this.bars.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false });
    }

    draw(data, fit) {
      const isOther = !this.data || this.data.symbol !== data.symbol;
      this.data = data;
      this.say(data.bars.length ? "" : "No bars yet");
      this.bars.applyOptions({ priceFormat: numbers(data.places) });
      this.bars.setData(data.bars.map(([time, open, high, low, close]) => ({ time, open, high, low, close })));
      this.volume.setData(data.bars.map(([time, open, , , close, value]) => ({ time, value, color: faint(close >= open ? "gain" : "loss", 0.28) })));
      this.marks.setMarkers(data.markers.map((mark) => this.marker(mark)));
      this.drawLines(data.lines);
      this.tell(data);
      if (fit || isOther) this.chart.timeScale().fitContent();
    }

    marker(mark) {
      return {
        time: mark.time, position: mark.is_buy ? "belowBar" : "aboveBar", shape: mark.is_buy ? "arrowUp" : "arrowDown",
        color: mark.is_buy ? colour("brand") : colour(mark.purpose === "STOP_LOSS" ? "loss" : mark.purpose === "TAKE_PROFIT" ? "gain" : "ink-2"),
        size: 1.4,
      };
    }

    drawLines(prices) {
      for (const line of this.lines) this.bars.removePriceLine(line);
      const kinds = { stop: ["loss", LC.LineStyle.Dashed, "Stop"], target: ["gain", LC.LineStyle.Dashed, "Target"], entry: ["brand", LC.LineStyle.Dotted, "Entry"] };
      this.lines = Object.entries(prices).map(([name, price]) => {
        const [token, lineStyle, title] = kinds[name];
        return this.bars.createPriceLine({ price, color: colour(token), lineWidth: 1, lineStyle, title, axisLabelVisible: true });
      });
      const held = Object.values(prices);
      this.bars.applyOptions({
        autoscaleInfoProvider: (original) => {
          const info = original();
          if (info && info.priceRange && held.length) {
            info.priceRange.minValue = Math.min(info.priceRange.minValue, ...held);
            info.priceRange.maxValue = Math.max(info.priceRange.maxValue, ...held);
          }
          return info;
        },
      });
    }

    tell(data) {
      this.root.querySelector("[data-symbol]").textContent = data.symbol;
      const last = data.bars.at(-1), first = data.bars[0];
      if (!last) return;
      const number = new Intl.NumberFormat(undefined, { minimumFractionDigits: data.places, maximumFractionDigits: data.places });
      const change = last[4] / first[1] - 1;
      this.root.querySelector("[data-price]").textContent = number.format(last[4]);
      const changeBox = this.root.querySelector("[data-change]");
      changeBox.textContent = percent(change);
      changeBox.className = `small ${tone(change)}`;
      const buys = data.markers.filter((mark) => mark.is_buy).length;
      const words = { entry: "Entry", stop: "Stop", target: "Target" };
      this.legend.replaceChildren(...Object.entries(data.lines).map(([name, price]) => this.key(`key key--${name}`, `${words[name]} ${number.format(price)}`)),
        this.key("dim", `${buys} bought, ${data.markers.length - buys} sold in this range`));
      this.canvas.setAttribute("aria-label", `Price chart of ${data.symbol}: ${number.format(last[4])} ${data.quote}, ${percent(change)} in this range`);
    }

    key(kind, text) {
      const box = document.createElement("span");
      box.className = kind;
      box.textContent = text;
      return box;
    }
  }

  class EquityPanel extends Panel {
    constructor(root) {
      super(root, "equityChart");
      this.curve = this.chart.addSeries(LC.AreaSeries, { lineWidth: 2, priceLineVisible: false, lastValueVisible: true });
      this.chart.applyOptions({ handleScroll: false, handleScale: false });
      this.curve.applyOptions({ priceFormat: numbers(2) });
      this.paint();
      this.load(true);
    }

    url() { return `${this.address}?range=${this.chosen("range")}`; }

    paint() {
      this.curve.applyOptions({ lineColor: colour("brand"), topColor: faint("brand", 0.24), bottomColor: faint("brand", 0.01) });
    }

    draw(data, fit) {
      this.data = data;
      this.say(data.points.length ? "" : "No equity yet: the first cycle writes the first point");
      this.curve.setData(data.points.map(([time, value]) => ({ time, value })));
      this.chart.timeScale().fitContent();
      if (!data.points.length) return;
      const change = data.points.at(-1)[1] / data.points[0][1] - 1;
      const changeBox = document.createElement("span");
      changeBox.className = tone(change);
      changeBox.textContent = `${percent(change)} in this range`;
      const fall = document.createElement("span");
      fall.textContent = `deepest fall ${minus(percent(-data.max_drawdown))}`;
      this.legend.replaceChildren(changeBox, fall);
      this.canvas.setAttribute("aria-label", `Equity curve: ${changeBox.textContent}, ${fall.textContent}`);
    }
  }

  const panels = [
    ...[...document.querySelectorAll("[data-price-chart]")].map((root) => [new PricePanel(root), ["cycle", "fill", "position", "order"]]),
    ...[...document.querySelectorAll("[data-equity-chart]")].map((root) => [new EquityPanel(root), ["equity"]]),
  ];
  document.addEventListener("autotrader:stale", ({ detail }) => {
    for (const [panel, topics] of panels) if (detail.everything || topics.some((topic) => detail.topics.has(topic))) panel.load(false);
  });
})();
