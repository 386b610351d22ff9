"use strict";
// The token has arrived; the address bar, the history and what is shared from them need it no longer.
if (location.search) history.replaceState(null, "", location.pathname);

const form = document.querySelector("form");
const opened = performance.now();
// As the service has it: nobody is faster than this, and a program has to wait.
const youngest = 2000;
let isPersonThere = false;
let isSent = false;

// The browser vouches for what a person does. What a script makes up is not trusted.
for (const kind of ["pointerdown", "keydown", "click"])
  addEventListener(kind, event => { if (event.isTrusted) isPersonThere = true; }, true);

function reveal(button, input, isVisible) {
  input.type = isVisible ? "text" : "password";
  button.textContent = isVisible ? button.dataset.hide : button.dataset.show;
}

function settle(isWaiting) {
  isSent = isWaiting;
  form.querySelector(".main").setAttribute("aria-disabled", isWaiting ? "true" : "false");
  document.getElementById("status").textContent = isWaiting ? form.dataset.wait : "";
}

if (form) {
  const password = document.getElementById("password");
  const show = document.getElementById("show");
  const digits = document.createElement("input");
  digits.type = "hidden";
  digits.name = "digits";
  // With a script nobody has to type them.
  const asked = document.getElementById("person");
  if (asked) asked.remove();
  form.append(digits);
  if (show) {
    show.hidden = false;
    show.addEventListener("click", () => reveal(show, password, password.type === "password"));
  }
  form.addEventListener("submit", event => {
    if (isSent) return event.preventDefault();
    if (!isPersonThere) return;
    event.preventDefault();
    settle(true);
    setTimeout(() => {
      // Browsers remember what was in a field of text, and not what was in one of passwords.
      if (show) reveal(show, password, false);
      digits.value = form.dataset.digits;
      form.submit();
    }, Math.max(0, youngest - (performance.now() - opened)));
  });
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    digits.value = "";
    settle(false);
  });
}
const first = document.querySelector("[autofocus]");
if (first) first.focus();
