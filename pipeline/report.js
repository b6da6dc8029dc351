"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const svg = $("#graph svg");
  const card = $("#card");
  const picture = JSON.parse($("#picture").textContent);
  const nodes = picture.nodes;
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const edges = picture.edges.map((edge) => ({ ...edge, head: byKey.get(edge.from), tail: byKey.get(edge.to) }));

  function element(tag, attributes, parent) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (parent) parent.append(made);
    return made;
  }

  // Layout: springs along edges, repulsion between all pairs (Fruchterman and Reingold 1991), pull to the middle.
  function layOut() {
    const turn = Math.PI * (3 - Math.sqrt(5));
    nodes.forEach((node, rank) => {
      node.radius = 5 + 2.2 * Math.sqrt(node.facts);
      node.x = 32 * Math.sqrt(rank + 0.5) * Math.cos(rank * turn);
      node.y = 32 * Math.sqrt(rank + 0.5) * Math.sin(rank * turn);
    });
    for (let heat = 40; heat > 0.3; heat *= 0.985) step(heat);
  }

  function step(heat) {
    const length = 74;
    for (const node of nodes) { node.dx = -node.x * 0.06; node.dy = -node.y * 0.13; }
    for (let i = 0; i < nodes.length; i++) {
      for (let j = i + 1; j < nodes.length; j++) {
        const a = nodes[i], b = nodes[j], x = a.x - b.x || 0.1, y = a.y - b.y || 0.1;
        const far = x * x + y * y + 1, push = far < 9 * length * length ? (length * length) / far : 0;
        a.dx += x * push; a.dy += y * push; b.dx -= x * push; b.dy -= y * push;
      }
    }
    for (const { head, tail } of edges) {
      const x = head.x - tail.x, y = head.y - tail.y, pull = Math.hypot(x, y) / length;
      head.dx -= x * pull * 0.3; head.dy -= y * pull * 0.3; tail.dx += x * pull * 0.3; tail.dy += y * pull * 0.3;
    }
    for (const node of nodes) {
      const size = Math.hypot(node.dx, node.dy) || 1, move = Math.min(size, heat) / size;
      node.x += node.dx * move; node.y += node.dy * move;
    }
  }

  // Drawing
  const view = { x: 0, y: 0, scale: 1 };
  const world = element("g", {}, svg);
  let chosen = null;

  function draw() {
    const marker = element("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 5.5, markerHeight: 5.5, orient: "auto" }, element("defs", {}, svg));
    element("path", { d: "M0 0 8 4 0 8z", class: "arrow" }, marker);
    for (const edge of edges) {
      edge.line = element("line", { class: "edge", "marker-end": "url(#arrow)" }, world);
      element("title", {}, edge.line).textContent = `${edge.head.name} – ${edge.names.join(", ")} – ${edge.tail.name}`;
    }
    for (const node of [...nodes].reverse()) {
      node.group = element("g", { class: `node ${node.label}`, role: "button", tabindex: -1, "aria-label": `${node.name}, ${node.facts} facts` }, world);
      element("circle", {}, node.group);
      element("title", {}, node.group).textContent = node.name;
      node.text = element("text", {}, node.group);
      node.text.textContent = node.name.length > 26 ? `${node.name.slice(0, 25)}…` : node.name;
      listen(node);
    }
    for (const edge of edges) {
      edge.name = element("text", { class: "edge-name" }, world);
      edge.name.textContent = edge.names.join(", ");
    }
    if (nodes.length) nodes[0].group.setAttribute("tabindex", 0);
  }

  function place() {
    world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    const thin = 1 / view.scale, swell = view.scale ** -0.6;
    for (const { head, tail, line, name } of edges) {
      const x = tail.x - head.x, y = tail.y - head.y, size = Math.hypot(x, y) || 1, gap = tail.radius * swell + thin;
      line.setAttribute("x1", head.x); line.setAttribute("y1", head.y);
      line.setAttribute("x2", tail.x - (x / size) * gap); line.setAttribute("y2", tail.y - (y / size) * gap);
      line.setAttribute("stroke-width", 1.1 * thin);
      name.setAttribute("x", (head.x + tail.x) / 2); name.setAttribute("y", (head.y + tail.y) / 2);
      name.setAttribute("font-size", 10.5 * thin); name.setAttribute("stroke-width", 3 * thin);
    }
    for (const node of nodes) {
      node.group.setAttribute("transform", `translate(${node.x} ${node.y})`);
      node.group.firstChild.setAttribute("r", node.radius * swell);
      node.group.firstChild.setAttribute("stroke-width", (node === chosen ? 2.5 : 1.5) * thin);
      node.text.setAttribute("font-size", 11.5 * thin); node.text.setAttribute("stroke-width", 3 * thin);
    }
    label();
  }

  // Labels keep their size on the screen; the entities with most facts go first, and none may cover another or a node.
  function label() {
    const near = new Set(chosen ? around(chosen) : []);
    const shown = nodes.filter((node) => !chosen || node === chosen || near.has(node));
    const taken = shown.map((node) => ({ node, ...boxOf(node, 0, 2 * node.radius * view.scale ** 0.4, 8) }));
    for (const node of nodes) node.text.style.display = "none";
    for (const node of [chosen, ...shown].filter(Boolean)) {
      const away = node.radius * view.scale ** 0.4 + 10;
      const sides = [away, -away].map((side) => ({ side, node, ...boxOf(node, side, node.text.textContent.length * 6.3 + 4, 15) }));
      const free = (box, others) => !others.some((other) => other.node !== node && overlap(box, other));
      const place = sides.find((box) => free(box, taken))
        || (node === chosen && sides[0])
        || (shown.indexOf(node) < 12 && sides.find((box) => free(box, taken.slice(shown.length))));
      if (!place || !node.text.style.display) continue;
      node.text.style.display = "";
      node.text.setAttribute("y", (place.side + 4) / view.scale);
      taken.push(place);
    }
    for (const edge of edges) {
      const middle = { x: (edge.head.x + edge.tail.x) / 2, y: (edge.head.y + edge.tail.y) / 2 };
      const box = boxOf(middle, -3, edge.name.textContent.length * 5.4, 12);
      const shown = chosen && (edge.head === chosen || edge.tail === chosen) && !taken.some((other) => overlap(box, other));
      edge.name.style.display = shown ? "" : "none";
      if (shown) taken.push(box);
    }
  }

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  function boxOf(node, down, width, height) {
    const x = node.x * view.scale, y = node.y * view.scale + down;
    return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
  }

  const around = (node) => edges.flatMap(({ head, tail }) => (head === node || tail === node ? [head, tail] : []));

  function fit() {
    const { width, height: whole } = svg.getBoundingClientRect(), height = whole - 36; // room for the legend
    const xs = nodes.map((node) => node.x), ys = nodes.map((node) => node.y);
    const left = Math.min(...xs) - 60, right = Math.max(...xs) + 60, top = Math.min(...ys) - 30, bottom = Math.max(...ys) + 40;
    view.scale = Math.min(width / (right - left), height / (bottom - top), 1.6);
    view.x = width / 2 - ((left + right) / 2) * view.scale;
    view.y = height / 2 - ((top + bottom) / 2) * view.scale;
    place();
  }

  function zoom(factor, x, y) {
    const scale = Math.max(0.1, Math.min(8, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    place();
  }

  // Pointer and keys
  let drag = null;
  svg.addEventListener("pointerdown", (event) => {
    const group = event.target.closest(".node");
    drag = { node: nodes.find((node) => node.group === group), x: event.clientX, y: event.clientY, far: 0 };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = event.clientX - drag.x, y = event.clientY - drag.y;
    drag.far += Math.abs(x) + Math.abs(y); drag.x = event.clientX; drag.y = event.clientY;
    if (drag.node) { drag.node.x += x / view.scale; drag.node.y += y / view.scale; } else { view.x += x; view.y += y; }
    place();
  });
  svg.addEventListener("pointerup", () => {
    if (drag && drag.far < 5) choose(drag.node ? drag.node.key : null);
    drag = null;
  });
  svg.addEventListener("pointercancel", () => { drag = null; });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  for (const button of $$(".tools button")) button.addEventListener("click", () => {
    const box = svg.getBoundingClientRect(), factor = Number(button.dataset.zoom);
    if (factor) zoom(factor, box.width / 2, box.height / 2); else fit();
  });

  function listen(node) {
    node.group.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) focusOn(nodes[(nodes.indexOf(node) + step + nodes.length) % nodes.length]);
      else if (event.key === "Enter" || event.key === " ") choose(node.key);
      else if (event.key === "Escape") choose(null);
      else return;
      event.preventDefault();
    });
  }

  function focusOn(node) {
    for (const other of nodes) other.group.setAttribute("tabindex", other === node ? 0 : -1);
    node.group.focus({ preventScroll: true });
  }

  // The card: what the page says of one entity
  function choose(key) {
    chosen = byKey.get(key) || null;
    const near = new Set(chosen ? around(chosen) : []);
    svg.classList.toggle("dimmed", Boolean(chosen));
    for (const node of nodes) {
      node.group.classList.toggle("chosen", node === chosen);
      node.group.classList.toggle("near", node === chosen || near.has(node));
    }
    for (const edge of edges) edge.line.classList.toggle("near", edge.head === chosen || edge.tail === chosen);
    place();
    showCard(key);
  }

  function showCard(key) {
    card.replaceChildren();
    const row = key && document.getElementById(key);
    if (!row) {
      card.append(paragraph("empty", "Choose an entity in the picture or in the lists below."));
      return;
    }
    const [name, type, aliases, , link] = row.cells;
    const heading = document.createElement("h3");
    heading.textContent = name.textContent;
    const about = paragraph("about", type.textContent + (aliases.textContent ? ` · also called ${aliases.textContent}` : ""));
    if (link.firstElementChild) about.append(" · ", link.firstElementChild.cloneNode(true));
    card.append(heading, about);
    for (const fact of facts.filter((item) => item.dataset.subject === key || item.dataset.object === key)) {
      const copy = fact.cloneNode(true);
      copy.removeAttribute("id"); copy.hidden = false; copy.open = card.childElementCount === 2;
      card.append(copy);
    }
    card.scrollTop = 0;
  }

  function paragraph(kind, text) {
    const made = document.createElement("p");
    made.className = kind; made.textContent = text;
    return made;
  }

  // Lists
  const facts = $$(".fact");
  const words = new Map(facts.map((fact) => [fact, fold(fact.textContent)]));
  const rows = $$(".entity").map((row) => [row, fold(row.cells[0].textContent + " " + row.cells[2].textContent)]);
  const form = $("#filter");

  function fold(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/\s+/g, " "); }

  const holds = (text, wanted) => wanted.every((word) => text.includes(word));
  const asked = (selector) => fold($(selector).value).split(" ").filter(Boolean);

  function filterFacts() {
    const wanted = asked("#words"), predicate = $("#predicate").value, group = $("#group").value, least = Number($("#least").value) || 0;
    let found = 0;
    for (const fact of facts) {
      const data = fact.dataset;
      const fits = (!predicate || data.predicate === predicate) && (!group || data.group === group) && Number(data.score) >= least && holds(words.get(fact), wanted);
      fact.hidden = !fits;
      found += fits;
    }
    for (const section of $$(".facts")) {
      const here = $$(".fact", section);
      $(".none-left", section).hidden = !here.length || here.some((fact) => !fact.hidden);
      section.hidden = Boolean(group) && section.id !== group;
    }
    $("#found").textContent = `${found} of ${facts.length} shown`;
  }

  const rank = new Map(facts.map((fact, place) => [fact, place]));
  const title = (fact) => $(".triple", fact).textContent;
  const orders = {
    "": (a, b) => rank.get(a) - rank.get(b),
    score: (a, b) => b.dataset.score - a.dataset.score || rank.get(a) - rank.get(b),
    name: (a, b) => title(a).localeCompare(title(b)),
  };
  function order() {
    for (const list of $$(".facts .list")) list.append(...$$(".fact", list).sort(orders[$("#order").value]));
  }

  function filterEntities() {
    const wanted = asked("#entity-words"), label = $("#entity-label").value;
    for (const [row, text] of rows) row.hidden = (label && row.dataset.label !== label) || !holds(text, wanted);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filterFacts);
  $("#order").addEventListener("change", order);
  form.addEventListener("reset", () => setTimeout(() => { order(); filterFacts(); }));
  for (const id of ["#entity-words", "#entity-label"]) $(id).addEventListener("input", filterEntities);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".choose");
    if (!button) return;
    choose(button.dataset.key);
    $("#graph").scrollIntoView({ block: "start" });
  });

  if (nodes.length) { layOut(); draw(); fit(); showCard(nodes[0].key); new ResizeObserver(fit).observe(svg); }
  filterFacts(); filterEntities();
})();
