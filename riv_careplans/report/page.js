"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const shown = form.querySelector("output");
  const files = [...document.querySelectorAll(".file")].map((file) => {
    const name = file.querySelector("summary").textContent;
    const findings = [...file.querySelectorAll(".finding")];
    return {
      file,
      text: file.textContent.toLowerCase(),
      findings: findings.map((finding) => ({ finding, text: `${name} ${finding.textContent}`.toLowerCase() })),
    };
  });

  function apply() {
    const chosen = new FormData(form);
    const severities = chosen.getAll("severity");
    const code = chosen.get("code");
    const words = chosen.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = code !== "" || severities.length < form.querySelectorAll("[name=severity]").length;
    const has = (text) => words.every((word) => text.includes(word));
    let all = 0;
    let left = 0;
    for (const { file, text, findings } of files) {
      let some = false;
      for (const { finding, text: own } of findings) {
        const fits = severities.includes(finding.dataset.severity) && (!code || finding.dataset.code === code) && has(own);
        finding.hidden = !fits;
        some ||= fits;
        all += 1;
        left += fits;
      }
      file.hidden = findings.length ? !some : narrowed || !has(text);
    }
    shown.textContent = shown.dataset.text.replace("{left}", left).replace("{all}", all);
  }

  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", apply);
  form.hidden = false;
  apply();
})();
