// What the document says, as elements: shapes, answers and errors.

// JSON in colours, as elements; tokens are abbreviated.
function coloured(value, indent = "", isToken = false) {
  const fragment = document.createDocumentFragment();
  const paint = (kind, text) => el("span", { class: kind }, text);
  if (value === null || typeof value === "boolean") fragment.append(paint("word", String(value)));
  else if (typeof value === "number") fragment.append(paint("num", String(value)));
  else if (typeof value === "string") fragment.append(paint("text", JSON.stringify(isToken ? abbreviated(value) : value)));
  else {
    const isArray = Array.isArray(value);
    const entries = isArray ? value.map((item) => [null, item]) : Object.entries(value);
    if (!entries.length) fragment.append(isArray ? "[]" : "{}");
    else {
      const inner = indent + "  ";
      fragment.append(isArray ? "[\n" : "{\n");
      entries.forEach(([name, item], index) => {
        fragment.append(inner);
        if (name !== null) fragment.append(paint("key", JSON.stringify(name)), ": ");
        fragment.append(coloured(item, inner, /_token$/.test(name)), index + 1 < entries.length ? ",\n" : "\n");
      });
      fragment.append(indent + (isArray ? "]" : "}"));
    }
  }
  return fragment;
}

function success(route) {
  const [status, answer] = Object.entries(route.operation.responses)[0];
  const content = answer.content && answer.content["application/json"];
  if (!content || content.example === undefined) return null;
  const shape = content.schema || {};
  const name = shape.items ? `list of ${shape.items.title}` : shape.title;
  return el("details", { class: "more" }, el("summary", { class: "caption" }, `Answer ${status}: ${name}`),
    members(shape.items || shape), el("pre", {}, coloured(content.example)));
}

const withoutNUL = "^[^\\x00]*$";

// What a value has to be, in a few words.
function rules(shape) {
  const { type, format, minLength: least, maxLength: most, pattern } = shape;
  const types = [].concat(type || []);
  const kind = shape.items ? `list of ${shape.items.title || nameOf(shape.items)}` : shape.title || nameOf(shape);
  const words = [kind + (types.includes("null") ? " or null" : "")];
  if (least !== undefined && most !== undefined) words.push(`${least} to ${most} characters`);
  else if (most !== undefined) words.push(`at most ${most} characters`);
  else if (least !== undefined) words.push(`at least ${least} characters`);
  if (shape.minimum !== undefined) words.push(`at least ${shape.minimum}`);
  if (shape.maximum !== undefined) words.push(`at most ${shape.maximum}`);
  if (shape.enum) words.push(`one of ${shape.enum.join(", ")}`);
  if (pattern && pattern !== withoutNUL) words.push(`matches ${pattern}`);
  return words.join(", ");
}

function nameOf({ type, format }) {
  const formats = { email: "email address", uuid: "UUID", "date-time": "time (RFC 3339)", password: "string" };
  return formats[format] || [].concat(type || []).filter((name) => name !== "null").join(" or ") || "any";
}

// The members of a shape, with what they mean and have to be.
function members(shape) {
  const rows = Object.entries(shape.properties || {}).map(([name, member]) =>
    el("tr", {}, el("td", {}, name, (shape.required || []).includes(name) ? null : el("i", {}, " optional")),
      el("td", {}, rules(member)), el("td", {}, member.description || "")));
  const head = el("tr", {}, ...["Member", "Is", "Meaning"].map((name) => el("th", { scope: "col" }, name)));
  return el("table", { class: "members" }, el("thead", {}, head), el("tbody", {}, ...rows));
}

// Every shape of the document, each with an address of its own.
function shapes(api) {
  const all = Object.entries(api.components.schemas).map(([name, schema]) => [name, resolved(schema, api)]);
  byId("contents").append(el("h2", {}, "shapes"), ...all.map(([name]) =>
    el("a", { href: `#shape-${name}` }, el("span", {}, name))));
  byId("routes").append(el("section", { class: "group", "aria-label": "shapes" }, el("h2", {}, "Shapes"), el("p", {}, "shapes"),
    ...all.map(([name, schema]) => el("details", { class: "shape", id: `shape-${name}` },
      el("summary", {}, el("span", { class: "path" }, name)), el("div", { class: "body" }, members(schema))))));
}

function failures(route) {
  const rows = [];
  for (const [status, answer] of Object.entries(route.operation.responses)) {
    const content = answer.content && answer.content["application/json"];
    for (const [code, example] of Object.entries((content && content.examples) || {})) {
      rows.push(el("tr", {}, el("td", {}, status), el("td", {}, code), el("td", {}, example.value.detail)));
    }
  }
  if (!rows.length) return null;
  const head = el("tr", {}, ...["Status", "Code", "Detail"].map((name) => el("th", { scope: "col" }, name)));
  return el("details", { class: "more" }, el("summary", { class: "caption" }, `Errors (${rows.length})`),
    el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}

// The value with what its references stand for in their place; a shape keeps its name as a title.
function resolved(value, api) {
  if (Array.isArray(value)) return value.map((item) => resolved(item, api));
  if (value === null || typeof value !== "object") return value;
  if (value.$ref) {
    const path = value.$ref.split("/").slice(1);
    const target = resolved(path.reduce((place, name) => place[name], api), api);
    return path[1] === "schemas" ? { title: path[2], ...target } : target;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, api)]));
}
