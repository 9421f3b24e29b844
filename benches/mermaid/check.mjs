// Parses every Mermaid block of Markdown files with the official package: `node check.mjs FILE.md…`.
// Prints a line for each file and each block that does not parse; the exit code is 1 when there is one.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// Mermaid cleans labels with DOMPurify, which wants a document.
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 50_000, maxEdges: 500 });

const blocks = (text) => [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map((match) => match[1]);

let failures = 0;
for (const file of process.argv.slice(2)) {
  const sources = blocks(readFileSync(file, "utf8"));
  const fences = readFileSync(file, "utf8").split("\n").filter((line) => line === "```mermaid").length;
  if (fences !== sources.length) failures += 1;
  for (const [at, source] of sources.entries()) {
    try {
      await mermaid.parse(source);
      if (source.length > 50_000) throw new Error("longer than Mermaid draws");
    } catch (error) {
      failures += 1;
      console.log(`${file}, block ${at + 1}: ${error.message}\n${source.slice(0, 600)}\n`);
    }
  }
  console.log(`${file}: ${sources.length} blocks`);
}
process.exitCode = failures ? 1 : 0;
if (process.argv.length < 3) {
  console.error("usage: node check.mjs FILE.md…");
  process.exitCode = 2;
}
