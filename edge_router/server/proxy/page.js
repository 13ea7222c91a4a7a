// Asks for what is new once a second; what is shown comes in as text, never as markup.
"use strict";

const MOST = 200;
const rows = document.getElementById("rows");
let last = 0;

function show(id, value) {
  document.getElementById(id).textContent = value;
}

function addRow(row, showsTexts) {
  const line = rows.insertRow(0);
  line.className = row.who;
  const said = showsTexts ? row.text + (row.arguments ? " → " + JSON.stringify(row.arguments) : "") : "–";
  const cells = [
    [row.who], [row.why.replaceAll("_", " ")], [row.tool ?? ""], [row.best ?? (row.confidence === null ? "" : "no tool")],
    [row.confidence === null ? "" : Math.round(row.confidence * 100) + " %", "number"],
    [(row.latency_us / 1000).toFixed(1), "number"], [row.status, "number"], [said, "text"],
  ];
  for (const [text, kind] of cells) {
    const cell = line.insertCell();
    cell.textContent = text;
    if (kind) cell.className = kind;
  }
  while (rows.rows.length > MOST) rows.deleteRow(-1);
}

async function look() {
  try {
    const answer = await fetch("/decisions?after=" + last, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    if (told.requests < last) {  // the process was started anew
      last = 0;
      rows.replaceChildren();
    }
    for (const row of told.rows) {
      if (row.number > last) addRow(row, told.shows_texts);
      last = Math.max(last, row.number);
    }
    show("requests", told.requests);
    show("local", told.who.local ?? 0);
    show("upstream", told.who.upstream ?? 0);
    show("saved", told.tokens_saved);
    show("state", told.shows_texts ? "" : "texts are not kept (--show-texts)");
  } catch (error) {
    show("state", "is not answering");
  }
  setTimeout(look, 1000);
}

look();
