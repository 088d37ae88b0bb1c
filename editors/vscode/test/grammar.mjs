// What the colours say of one small journey: a look at the grammar alone. (That it agrees with the language's parser on
// every example is tested with the language, in tests/editor.)

import assert from "node:assert/strict";
import { loadGrammar, tokens } from "./tokens.mjs";

const text = `## A cart left behind.
journey rescue
  start on cart_updated where total > 20 EUR # big ones
  if has purchase at least 2 times in last 30 days
    send last
  wait 1 hour
`;
const found = tokens(await loadGrammar(), text);
const scope = (word, nth = 0) => found.filter(([, said]) => said === word)[nth][2].at(-1);

assert.match(scope("## A cart left behind."), /^comment/);
assert.match(scope("journey"), /^keyword/);
assert.match(scope("rescue"), /^entity\.name/);
assert.match(scope("20 EUR"), /^constant\.numeric/);
assert.match(scope("30 days"), /^constant\.numeric/);
assert.match(scope("has"), /^keyword/);
assert.match(scope("last", 0), /^keyword/); // in last 30 days
assert.match(scope("last", 1), /^entity\.name/); // a message of that name
assert.match(scope("# big ones"), /^comment/);
console.log("The colours of a small journey are right.");
