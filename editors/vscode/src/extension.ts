// Starts `sojourn lsp` for the workspace that is open, and says what to do when there is none.

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;
let output: vscode.OutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("Sojourn");
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("sojourn.restart", restart),
    vscode.commands.registerCommand("sojourn.checkWorkspace", () => inTerminal(["check"])),
    vscode.commands.registerCommand("sojourn.testWorkspace", () => inTerminal(["test"])),
    vscode.commands.registerCommand("sojourn.dev", () => inTerminal(["dev"])),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("sojourn.command")) {
        void restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const command = program();
  const server: ServerOptions = { command, args: ["lsp"], options: { cwd: folder() } };
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "journey" },
      // The texts of messages: mistakes in them are shown where they stand.
      { scheme: "file", pattern: "**/*.{html,txt,mjml}" },
    ],
    outputChannel: output,
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{journey,csv,html,txt,toml}") },
  };
  client = new LanguageClient("sojourn", "Sojourn", server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    output.appendLine(String(error));
    await explain(command);
  }
}

/** The program to start: what the settings say, else the one of the workspace's virtual environment, else the path's. */
export function program(): string {
  const said = vscode.workspace.getConfiguration("sojourn").get<string>("command", "").trim();
  if (said) {
    return said;
  }
  const windows = process.platform === "win32";
  for (const root of vscode.workspace.workspaceFolders ?? []) {
    for (const name of [".venv", "venv"]) {
      const there = path.join(root.uri.fsPath, name, windows ? "Scripts" : "bin", windows ? "sojourn.exe" : "sojourn");
      if (fs.existsSync(there)) {
        return there;
      }
    }
  }
  return "sojourn";
}

async function explain(command: string): Promise<void> {
  const install = "Copy the install command";
  const settings = "Open settings";
  const chosen = await vscode.window.showErrorMessage(
    `Sojourn's language server could not be started with “${command} lsp”. ` +
      `Install it with: pip install 'sojourn[editor]' (in the virtual environment of this folder, or any on the path), ` +
      `or say in the settings where the program is.`,
    install,
    settings,
  );
  if (chosen === install) {
    await vscode.env.clipboard.writeText("pip install 'sojourn[editor]'");
  } else if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "sojourn.command");
  }
}

function inTerminal(args: string[]): void {
  const terminal =
    vscode.window.terminals.find((one) => one.name === "Sojourn") ??
    vscode.window.createTerminal({ name: "Sojourn", cwd: folder() });
  terminal.show();
  const command = program();
  terminal.sendText([command.includes(" ") ? `"${command}"` : command, ...args].join(" "));
}

function folder(): string | undefined {
  const open = vscode.window.activeTextEditor?.document.uri;
  const root = open ? vscode.workspace.getWorkspaceFolder(open) : undefined;
  return (root ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
}
