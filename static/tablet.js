// At the office's tablet: tells the server while somebody reads, and leaves when nobody has touched the screen for two minutes.
// The server counts too, and does not need this.
(function () {
  "use strict";
  const WARN = 90, LEAVE = 120, TELL = 15;
  const where = document.currentScript.dataset.touched;
  const warning = document.getElementById("still-there");
  const leave = document.getElementById("leave");
  let touched = Date.now(), told = Date.now();

  function seconds(since) { return (Date.now() - since) / 1000; }

  function touch() {
    touched = Date.now();
    warning.hidden = true;
    if (seconds(told) < TELL) { return; }
    told = Date.now();
    fetch(where, { method: "POST", body: new FormData(leave), redirect: "manual" }).then(function (answer) {
      if (answer.status !== 204) { location.reload(); }
    }).catch(function () {});
  }

  for (const kind of ["pointerdown", "keydown", "scroll", "touchmove", "wheel"]) {
    addEventListener(kind, touch, { passive: true });
  }
  setInterval(function () {
    if (seconds(touched) >= LEAVE) { leave.submit(); }
    else if (seconds(touched) >= WARN) { warning.hidden = false; }
  }, 1000);
  // What the browser kept of a page is not shown again: the server says who is here now.
  addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
})();
