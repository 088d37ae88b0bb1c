// Opens a workspace in a real Visual Studio Code (its web build, code-server) with the packed extension and the real
// language server, and works in it as a person would: by the keyboard, looking at what is on the screen.
//
//   node test/in_editor.mjs --sojourn PROGRAM [--workspace FOLDER] [--picture FILE.png] [--chromium PROGRAM]
//
// The editor is installed once into test/.editor (npm, nothing compiled). Prints one line for each thing that was
// seen; ends with 1 at the first that was not.

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = path.dirname(fileURLToPath(import.meta.url));
const extension = path.join(here, "..");
const home = path.join(here, ".editor");
const EDITOR = "code-server@4.100.3";
const BROWSER = "playwright-core@1.56.1";

const { values: said } = parseArgs({
  options: {
    sojourn: { type: "string" },
    workspace: { type: "string", default: path.join(extension, "..", "..", "examples", "shop") },
    picture: { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
if (!said.sojourn) throw new Error("--sojourn says which program to start; it is needed");

function run(command, args, folder) {
  const done = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** Installs the editor and the means to drive a browser, unless they are there. */
function install() {
  const root = path.join(home, "node_modules", "code-server");
  const ready = path.join(home, "ready");
  if (!fs.existsSync(ready)) {
    fs.mkdirSync(home, { recursive: true });
    fs.writeFileSync(path.join(home, "package.json"), '{ "private": true }\n');
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
    run("npm", ["install", ...quiet, EDITOR, BROWSER], home);
    run("npm", ["install", ...quiet, "--omit=dev"], path.join(root, "lib", "vscode"));
    // Passwords are not used here, and this is the only part that would have to be compiled.
    fs.writeFileSync(path.join(home, "node_modules", "argon2", "argon2.js"), "module.exports = {};\n");
    fs.rmSync(path.join(root, "lib", "vscode", "node_modules.asar"), { force: true, recursive: true });
    fs.symlinkSync("node_modules", path.join(root, "lib", "vscode", "node_modules.asar"));
    fs.writeFileSync(ready, "");
  }
  return path.join(root, "out", "node", "entry.js");
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function until(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    last = await look();
    if (last) {
      console.log(`seen: ${what}`);
      return last;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`not seen within ${seconds} s: ${what}`);
}

const entry = install();
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "sojourn-editor-"));
const workspace = path.join(scratch, "shop");
fs.cpSync(said.workspace, workspace, { recursive: true });
// The sample events have been there: what stands between the lines tells how many people are where.
const events = path.join(scratch, "some.jsonl");
const all = fs.readFileSync(path.join(workspace, "events", "web.jsonl"), "utf8").split("\n");
fs.writeFileSync(events, all.slice(0, 1500).join("\n"));
run(said.sojourn, ["run", workspace, "--once", "--no-http", "--clock", "events", "--events", events], scratch);
const vsix = path.join(scratch, "sojourn.vsix");
run("npx", ["vsce", "package", "--no-dependencies", "--out", vsix], extension);
const data = path.join(scratch, "data");
fs.mkdirSync(path.join(data, "User"), { recursive: true });
fs.writeFileSync(
  path.join(data, "User", "settings.json"),
  JSON.stringify({
    "sojourn.command": said.sojourn,
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "telemetry.telemetryLevel": "off",
    "chat.commandCenter.enabled": false,
  }),
);
const where = ["--user-data-dir", data, "--extensions-dir", path.join(scratch, "extensions")];
run("node", [entry, ...where, "--install-extension", vsix], scratch);
const port = await freePort();
const server = spawn(
  "node",
  [entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check", ...where],
  { stdio: "ignore", env: { ...process.env, XDG_CONFIG_HOME: scratch } },
);
let browser;
let failed = false;
try {
  await until("the editor answers", () => fetch(`http://127.0.0.1:${port}/healthz`).then((r) => r.ok, () => false));
  const require = createRequire(path.join(home, "package.json"));
  browser = await require("playwright-core").chromium.launch({
    executablePath: said.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 860 } });
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
  const text = async (selector) => (await page.locator(selector).allInnerTexts()).join("\n").replaceAll("\u00a0", " ");
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key, { delay: 20 });
  };

  await page.getByText("journeys", { exact: true }).first().click({ timeout: 60_000 });
  await page.getByText("cart_rescue.journey", { exact: true }).first().dblclick({ timeout: 20_000 });
  await until("above the journey: Simulate, with its tests", async () => /Simulate \(\d+ tests?\)/.test(await text(".codelens-decoration")));
  await until("the file is told to be a journey", async () => (await text(".statusbar")).includes("Sojourn journey"));
  await until("no problem is shown", async () => (await page.locator(".squiggly-error").count()) === 0);

  await until("how many are under way in it", async () => /cart_rescue\s+[\d,]+ under way/.test(await text(".view-lines")));

  await page.locator(".monaco-editor .view-line", { hasText: "last_call" }).last().click();
  await press("End");
  await page.keyboard.type("s");
  await until("a misspelt message is underlined", async () => (await page.locator(".squiggly-error").count()) > 0);
  if (said.picture) await page.screenshot({ path: said.picture });
  await press("F8");
  await until("the mistake is told in a sentence, with the name that was meant", async () =>
    /last_calls.*last_call/s.test(await text(".marker-widget, .peekview-widget, .zone-widget")),
  );
  await press("Escape", "Control+.");
  await until("a fix is offered", async () => /last_call/.test(await text(".action-widget")));
  await press("Enter");
  await until("the fix mends it", async () => (await page.locator(".squiggly-error").count()) === 0);

  await press("End", "Enter");
  await page.keyboard.type("send cart_");
  await until("messages are offered behind `send`", async () => (await text(".suggest-widget")).includes("cart_reminder"));
  await press("Tab");
  await until("the chosen message is written", async () => (await text(".view-lines")).includes("send cart_reminder"));
} catch (error) {
  failed = true;
  console.error(String(error));
} finally {
  await browser?.close();
  server.kill();
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
