// Buttons that only a script can answer are shown by it; what goes wrong with a passkey is said on the page.
(function () {
  "use strict";
  for (const one of document.querySelectorAll(".needs-script")) {
    one.hidden = false;
  }
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.getElementById("passkey-trouble").hidden = false;
  });
})();
