"use strict";

// Builds an element: tag, attributes (on… are listeners), children (text or elements). Data is only ever text.
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const byId = (id) => document.getElementById(id);

// The tokens of this browser session: gone with the tab.
const tokens = {
  get access() { return sessionStorage.getItem("access_token"); },
  get refresh() { return sessionStorage.getItem("refresh_token"); },
  get email() { return sessionStorage.getItem("email"); },
  keep(pair, email) {
    sessionStorage.setItem("access_token", pair.access_token);
    if (pair.refresh_token) sessionStorage.setItem("refresh_token", pair.refresh_token);
    if (email) sessionStorage.setItem("email", email);
    showIdentity();
  },
  // The access token is of no use any more; the session may still be.
  end() {
    sessionStorage.removeItem("access_token");
    showIdentity();
  },
  forget() {
    sessionStorage.clear();
    showIdentity();
  },
};

function claimsOf(token) {
  try {
    const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(part));
  } catch {
    return {};
  }
}

// When the access token dies, in milliseconds from now; nothing that is no token lives.
const lifetime = (token) => (token ? (claimsOf(token).exp || 0) * 1000 - Date.now() : 0);
let expiry;

function showIdentity() {
  const identity = byId("identity");
  const token = tokens.access;
  const isAlive = lifetime(token) > 0;
  clearTimeout(expiry);
  // Browsers count at most 2^31 milliseconds.
  if (isAlive) expiry = setTimeout(showIdentity, Math.min(lifetime(token) + 50, 2 ** 31 - 1));
  byId("forget").hidden = !token && !tokens.refresh;
  identity.classList.toggle("signed", isAlive);
  identity.removeAttribute("title");
  if (isAlive) {
    const { sub = "?", exp } = claimsOf(token);
    const until = new Date(exp * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    identity.textContent = `Signed in as ${tokens.email || sub} until ${until}`;
    identity.title = sub;
  } else if (tokens.refresh) {
    identity.textContent = "The access token is dead: send a refresh, or log in again.";
  } else {
    identity.textContent = token ? "The access token is dead: log in again." : "Not signed in: log in below, or paste a token.";
  }
  for (const input of document.querySelectorAll("input[data-token]")) input.value = tokens.refresh || "";
  for (const refresh of document.querySelectorAll("details.route")) refresh.dispatchEvent(new Event("token"));
}

const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";
// What the page shows of a token or a password; what is copied is whole.
const abbreviated = (token) => (token.length > 24 ? token.slice(0, 10) + "…" + token.slice(-6) : token);

// One route: what it wants, and how a request to it looks.
class Route {
  constructor(path, verb, operation) {
    Object.assign(this, { path, verb: verb.toUpperCase(), operation });
    this.isProtected = !!(operation.security || []).length;
    this.needsBody = !!(operation.requestBody && operation.requestBody.required);
    const body = operation.requestBody && operation.requestBody.content["application/json"];
    this.example = (body && body.example) || {};
    const schema = (body && body.schema) || {};
    this.fields = Object.entries(schema.properties || {}).map(([name, shape]) => ({
      name, shape, place: "body", isRequired: this.needsBody && (schema.required || []).includes(name),
    }));
    for (const parameter of operation.parameters || []) {
      const { name, schema, description, in: place, required } = parameter;
      this.fields.push({ name, shape: { description, ...schema }, place, isRequired: !!required });
    }
    this.id = operation.operationId.replace(/[^a-z0-9]/gi, "-");
    this.words = [this.verb, path, operation.summary, operation.operationId].join(" ").toLowerCase();
  }

  request(values) {
    let path = this.path;
    const [body, headers] = [{}, {}];
    for (const { name, place } of this.fields) {
      if (place === "header") { if (values[name]) headers[name] = values[name]; }
      else if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(values[name] || ""));
      else if (values[name] !== "") body[name] = values[name];
    }
    const hasBody = this.needsBody || Object.keys(body).length > 0;
    if (hasBody) headers["Content-Type"] = "application/json";
    if (this.isProtected && tokens.access) headers.Authorization = `Bearer ${tokens.access}`;
    return { path, headers, body: hasBody ? JSON.stringify(body) : undefined };
  }

  curl(values, show = (token) => token) {
    const { path, headers, body } = this.request(values);
    const lines = [`curl -X ${this.verb} ${quoted(location.origin + path)}`];
    for (const [name, value] of Object.entries(headers)) {
      lines.push(`-H ${quoted(name === "Authorization" ? "Authorization: Bearer " + show(tokens.access) : `${name}: ${value}`)}`);
    }
    if (body) {
      const shown = Object.fromEntries(Object.entries(JSON.parse(body)).map(([name, value]) =>
        [name, name.endsWith("token") ? show(value) : name.includes("password") && show === abbreviated ? "••••••" : value]));
      lines.push(`-d ${quoted(JSON.stringify(shown))}`);
    }
    return lines.join(" \\\n  ");
  }
}

// The card of a route: a form, the request as curl, the answer, and what can go wrong.
function card(route) {
  const curl = el("pre", { class: "curl", tabindex: "0", "aria-label": "The request as a curl command" });
  const answer = el("div", { role: "status", "aria-live": "polite" });
  const inputs = {};
  const values = () => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
  const redraw = () => { curl.textContent = route.curl(values(), abbreviated); };

  const fields = route.fields.map((field) => {
    const id = `${route.id}-${field.name}`;
    const isRefresh = field.name === "refresh_token";
    const isSecret = /password/.test(field.name);
    const hint = [isRefresh ? "Filled in from the latest login or refresh." : field.shape.description, rules(field.shape)]
      .filter(Boolean).join(" · ");
    const input = el("input", {
      id, name: field.name, type: isSecret ? "password" : field.name === "email" ? "email" : "text",
      autocomplete: isSecret ? "off" : field.name === "email" ? "username" : "off",
      placeholder: isSecret || /token/.test(field.name) ? "" : route.example[field.name] || "",
      spellcheck: "false", "data-token": isRefresh, required: field.isRequired, oninput: redraw,
      "aria-describedby": hint ? `${id}-hint` : null,
    });
    inputs[field.name] = input;
    return el("div", { class: "field" }, el("label", { for: id }, field.name, field.isRequired ? null : el("i", {}, " optional")), input,
      hint ? el("small", { id: `${id}-hint` }, hint) : null);
  });

  const send = el("button", { class: "send", type: "submit" }, "Send");
  const note = el("span", { class: "note" });
  const explain = () => {
    note.textContent = !route.isProtected ? "" : lifetime(tokens.access) > 0 ? "Sent with your access token."
      : tokens.access ? "Your access token is dead." : "Needs an access token: log in first, or paste one.";
    redraw();
  };
  const form = el("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      answer.replaceChildren(await exchange(route, values()));
      send.disabled = false;
      send.focus({ preventScroll: true });
      explain();
    },
  }, ...fields, el("div", { class: "row" }, send, note));

  const details = el("details", { class: "route", id: route.id, ontoken: explain },
    el("summary", {},
      el("span", { class: `verb ${route.verb.toLowerCase()}` }, route.verb),
      el("span", { class: "path" }, route.path),
      el("span", { class: "about" }, route.operation.summary),
      route.isProtected ? el("span", { class: "lock" }, "bearer") : null),
    el("div", { class: "body" }, form,
      el("div", {}, el("div", { class: "caption" }, "Request", copyButton("the request", () => route.curl(values()))), curl),
      answer, success(route), failures(route)));
  explain();
  return details;
}

// A button that copies what `text` answers: whole, where the page abbreviates.
function copyButton(what, text) {
  const button = el("button", {
    type: "button", "aria-label": `Copy ${what}`,
    onclick: async () => {
      button.textContent = await copy(text()) ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1200);
    },
  }, "Copy");
  return button;
}

// The clipboard's own interface exists only on https and localhost.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const area = el("textarea", { readonly: true, class: "hidden", "aria-hidden": "true" }, text);
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  return isDone;
}

// After these the tokens that the page holds are dead.
const endsSessions = new Set(["auth.logout", "auth.logout_all", "password.change_password"]);

async function exchange(route, values) {
  const { path, headers, body } = route.request(values);
  const start = performance.now();
  let response, text;
  try {
    response = await fetch(path, { method: route.verb, headers, body, cache: "no-store", credentials: "omit" });
    text = await response.text();
  } catch (error) {
    return el("p", { class: "trouble" }, `The request did not get through: ${error.message}`);
  }
  const milliseconds = Math.round(performance.now() - start);
  let shown = document.createTextNode(text || "(empty)");
  try {
    const value = JSON.parse(text);
    shown = coloured(value);
    if (response.ok && value.access_token && value.refresh_token) tokens.keep(value, values.email);
    if (response.ok && endsSessions.has(route.operation.operationId)) tokens.forget();
    const isRefused = response.status === 401 && /^TOKEN_/.test(value.code || "");
    if (isRefused && route.operation.operationId === "auth.refresh" && values.refresh_token === tokens.refresh) tokens.forget();
    else if (isRefused && route.isProtected && headers.Authorization) tokens.end();
  } catch { /* shown as it came */ }
  const kind = response.ok ? "ok" : response.status < 500 ? "no" : "bad";
  const names = ["content-type", "cache-control", "www-authenticate", "retry-after", "allow", "x-auth-user", "x-auth-session"];
  const lines = names.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}`);
  return el("div", {},
    el("div", { class: "caption" }, el("span", { class: `status ${kind}` }, `${response.status} ${response.statusText}`),
      el("span", { class: "time" }, `${milliseconds} ms`), text ? copyButton("the answer", () => text) : null),
    el("p", { class: "headers" }, lines.join("  ·  ")),
    el("pre", { class: "answer" }, shown));
}

function build(described) {
  const api = { ...described, paths: resolved(described.paths, described) };
  byId("version").textContent = api.info.version;
  byId("intro").textContent = `${api.info.description} Open a route, fill in its form and send it: this page talks to the service that it came from.`;
  const groups = [...api.tags, { name: "system", description: "Health and authorization of proxies" }];
  const routes = Object.entries(api.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => new Route(path, verb, operation)));
  for (const group of groups) {
    const own = routes.filter((route) => ((route.operation.tags || ["system"])[0]) === group.name);
    if (!own.length) continue;
    byId("contents").append(el("h2", {}, group.name), ...own.map((route) =>
      el("a", { href: `#${route.id}` },
        el("b", { class: route.verb.toLowerCase() }, route.verb), el("span", {}, route.path))));
    byId("routes").append(el("section", { class: "group", "aria-label": group.name },
      el("h2", {}, group.description), el("p", {}, group.name), ...own.map(card)));
  }
  byId("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const route of routes) byId(route.id).hidden = !route.words.includes(wanted);
    byId("nothing").hidden = routes.some((route) => route.words.includes(wanted));
    for (const section of document.querySelectorAll(".group")) {
      const own = [...section.querySelectorAll("details.route, details.shape")];
      section.hidden = wanted !== "" && !own.some((node) => node.matches("details.route") && !node.hidden);
    }
  });
  shapes(described);
  signOut.route = routes.find((route) => route.operation.operationId === "auth.logout");
  authorize.route = routes.find((route) => route.operation.operationId === "user.get_current_user");
  showIdentity();
  const follow = () => {
    const target = byId(location.hash.slice(1));
    if (!target || !target.matches("details")) return;
    target.open = true;
    target.scrollIntoView();
    showMenu(false);
  };
  // A link to where one is already changes no address.
  byId("contents").addEventListener("click", (event) => { if (event.target.closest("a")) setTimeout(follow); });
  addEventListener("hashchange", follow);
  follow();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

const system = matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => setTheme(localStorage.getItem("theme") || (system.matches ? "dark" : "light"));
system.addEventListener("change", followSystem);
followSystem();
byId("theme").addEventListener("click", () => {
  localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  followSystem();
});
// "/" goes to the filter, as long as nothing is being written.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, textarea")) return;
  event.preventDefault();
  byId("filter").focus();
});

// Ends the session at the service, where that has a route for it; the tokens are forgotten in any case.
async function signOut() {
  const { access, refresh } = tokens;
  tokens.forget();
  if (!signOut.route || !(access || refresh)) return;
  const headers = access ? { Authorization: `Bearer ${access}` } : {};
  if (refresh) headers["Content-Type"] = "application/json";
  const body = refresh ? JSON.stringify({ refresh_token: refresh }) : undefined;
  const answer = await fetch(signOut.route.path, { method: "POST", headers, body, cache: "no-store", credentials: "omit" }).catch(() => null);
  if (!answer || (!answer.ok && answer.status !== 401)) {
    byId("identity").textContent = "The tokens are forgotten here; the service could not be told that the session has ended.";
  }
}
byId("forget").addEventListener("click", signOut);

// Takes a token that was pasted, once the service says that it is alive.
async function authorize(access, refresh) {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(access)) return "An access token has three parts with dots between them.";
  let email;
  if (authorize.route) {
    const headers = { Authorization: `Bearer ${access}` };
    const answer = await fetch(authorize.route.path, { headers, cache: "no-store", credentials: "omit" }).catch(() => null);
    const value = answer && await answer.json().catch(() => ({}));
    if (!answer) return "The service does not answer.";
    if (!answer.ok) return `The service refuses the token: ${value.detail || answer.status}`;
    email = value.email;
  }
  tokens.forget();
  tokens.keep({ access_token: access, refresh_token: refresh }, email);
  return null;
}

const dialog = byId("paste");
byId("authorize").addEventListener("click", () => {
  byId("paste-form").reset();
  byId("paste-trouble").hidden = true;
  dialog.showModal();
});
byId("paste-cancel").addEventListener("click", () => dialog.close());
byId("paste-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const pasted = (id) => byId(id).value.trim().replace(/^(Authorization:\s*)?Bearer\s+/i, "").replace(/\s+/g, "");
  const trouble = await authorize(pasted("paste-access"), pasted("paste-refresh"));
  byId("paste-trouble").hidden = !trouble;
  byId("paste-trouble").textContent = trouble || "";
  if (!trouble) { byId("paste-form").reset(); dialog.close(); }
});

// On a narrow screen the contents are a menu.
function showMenu(isOpen) {
  byId("contents").classList.toggle("open", isOpen);
  byId("menu").setAttribute("aria-expanded", String(isOpen));
}
byId("menu").addEventListener("click", () => showMenu(!byId("contents").classList.contains("open")));
addEventListener("keydown", (event) => { if (event.key === "Escape") showMenu(false); });
addEventListener("click", (event) => { if (!event.target.closest("#contents, #menu")) showMenu(false); });

// What is linked to comes to lie below the bar, however many lines that has.
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${byId("bar").offsetHeight}px`);
}).observe(byId("bar"));
// A timer does not run while the machine sleeps.
addEventListener("visibilitychange", showIdentity);

fetch("openapi.json", { cache: "no-store" })
  .then((response) => response.json())
  .then(build)
  .catch((error) => {
    byId("trouble").hidden = false;
    byId("trouble").textContent = `The description of the routes could not be read: ${error.message}`;
  });
