// Prints, for each file named, its words with the scope the TextMate grammar gives them: one JSON array per line of
// [offset, word, scopes]. Used by the tests, which compare it with the language's own parser.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");
const here = path.dirname(fileURLToPath(import.meta.url));

export async function loadGrammar() {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      if (scope !== "source.journey") return null;
      const file = path.join(here, "..", "syntaxes", "journey.tmLanguage.json");
      return textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file);
    },
  });
  return registry.loadGrammar("source.journey");
}

export function tokens(grammar, text) {
  const found = [];
  let stack = textmate.INITIAL;
  let offset = 0;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const token of result.tokens) {
      const said = line.slice(token.startIndex, token.endIndex);
      const lead = said.length - said.trimStart().length;
      if (said.trim()) found.push([offset + token.startIndex + lead, said.trim(), token.scopes.slice(1)]);
    }
    offset += line.length + 1;
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const grammar = await loadGrammar();
  for (const file of process.argv.slice(2)) {
    console.log(JSON.stringify(tokens(grammar, fs.readFileSync(file, "utf8"))));
  }
}
