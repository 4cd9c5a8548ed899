import ts from 'typescript';

/** Code that behaves differently on Linux, macOS and Windows. */
interface PlatformRule {
  /** What is wrong elsewhere, and what to use instead. */
  readonly advice: string;
  readonly matches: (node: ts.Node) => boolean;
}

const unixFolders = /(^|[\s<>="'])\/(bin|dev|etc|home|opt|proc|root|run|sbin|sys|tmp|usr|var)(\/|\s|$)/;
const folderName = /(directory|folder|dirname|root|cwd\(\)|tmpdir\(\)|homedir\(\))$/i;
const startFunctions = new Set(['spawn', 'spawnSync', 'execFile', 'execFileSync', 'spawnBound']);
const shellFunctions = new Set(['exec', 'execSync']);
const permissionFunctions = /^[fl]?ch(mod|own)(Sync)?$|^symlink(Sync)?$/;
const userFunctions = /^process\.(get|set)(e?uid|e?gid|groups)$|^process\.umask$/;
const personalVariables = /^process\.env(\.|\[')(HOME|LOGNAME|SHELL|TMPDIR|USER)\b/;

/** The rules by name. Each finds a use in one node of the syntax tree. */
export const platformRules = {
  'file-url-path': {
    advice:
      'on Windows, the path of a file URL starts with a slash, and spaces are escaped everywhere: use import.meta.dirname or fileURLToPath',
    matches: (node) =>
      (ts.isPropertyAccessExpression(node) && node.name.text === 'pathname' && isFileUrl(node.expression)) ||
      (ts.isVariableDeclaration(node) &&
        ts.isObjectBindingPattern(node.name) &&
        /\bpathname\b/.test(node.name.getText()) &&
        node.initializer !== undefined &&
        isFileUrl(node.initializer)),
  },
  'system-path': {
    advice: 'Windows has no such path, and macOS has no /proc: use node:os, such as devNull or tmpdir()',
    matches: (node) => unixFolders.test(literalText(node)),
  },
  'joined-path': {
    advice: 'use join() of node:path, and sep to split a path',
    matches: (node) => isJoined(node) || (isCallOf(node, 'split') && folderName.test(receiver(node))),
  },
  permission: {
    advice: 'Windows ignores the permissions of files: access follows the folder above',
    matches: (node) =>
      (ts.isNumericLiteral(node) && /^0o/i.test(node.getText())) ||
      (ts.isCallExpression(node) && permissionFunctions.test(calledName(node))),
  },
  user: {
    advice:
      'Windows has no numeric users, and the variables have other names: use node:os, such as homedir()',
    matches: (node) =>
      (ts.isPropertyAccessExpression(node) && userFunctions.test(node.getText())) ||
      (isAccess(node) && personalVariables.test(node.getText())),
  },
  'process-group': {
    advice: 'Windows has no process groups: use spawnBound of local/processes',
    matches: (node) => ts.isPropertyAssignment(node) && node.name.getText() === 'detached',
  },
  signal: {
    advice: 'on Windows, every signal kills the process at once: use spawnBound of local/processes',
    matches: (node) =>
      isCallOf(node, 'kill') &&
      (receiver(node) === 'process' || !/^('SIGKILL')?$/.test(node.arguments[0]?.getText() ?? '')),
  },
  'shell-command': {
    advice: 'the shell of Windows has another syntax: start the program without a shell',
    matches: (node) =>
      (ts.isPropertyAssignment(node) && node.name.getText() === 'shell') ||
      (ts.isCallExpression(node) && shellFunctions.has(node.expression.getText())),
  },
  program: {
    advice:
      'Windows finds only .exe files without a shell, not the scripts of npm: use packageProgram of bin/package-program.ts',
    matches: (node) =>
      ts.isCallExpression(node) &&
      startFunctions.has(node.expression.getText()) &&
      node.arguments[0] !== undefined &&
      ts.isStringLiteral(node.arguments[0]) &&
      !node.arguments[0].text.startsWith('/'),
  },
  platform: {
    advice: 'state in the list of allowed uses what happens on each platform',
    matches: (node) =>
      ts.isPropertyAccessExpression(node) && /^process\.(platform|arch)$/.test(node.getText()),
  },
} as const satisfies Record<string, PlatformRule>;

export type PlatformRuleName = keyof typeof platformRules;

/** A URL of a file, either written here or in the declaration of the variable. */
function isFileUrl(expression: ts.Expression): boolean {
  if (!ts.isIdentifier(expression))
    return /import\.meta\.(url|resolve)|pathToFileURL|^new URL\('file:/.test(expression.getText());
  const declared = new RegExp(`\\b${expression.text}\\s*=\\s*([^;]*)`).exec(expression.getSourceFile().text);
  return /^(new URL\([^)]*import\.meta\.(url|resolve)|pathToFileURL)/.test(declared?.[1] ?? '');
}

/** Text of a literal; the parts of a template after the first continue another text. */
function literalText(node: ts.Node): string {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) return node.text;
  return ts.isTemplateMiddle(node) || ts.isTemplateTail(node) ? `…${node.text}` : '';
}

/** A folder, followed by a slash, in a template or in a sum. */
function isJoined(node: ts.Node): boolean {
  if (ts.isTemplateSpan(node))
    return node.literal.text.startsWith('/') && folderName.test(node.expression.getText());
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    literalText(node.right).startsWith('/') &&
    folderName.test(node.left.getText())
  );
}

function isAccess(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

function isCallOf(node: ts.Node, name: string): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === name
  );
}

/** Source text of the object whose method is called. */
function receiver(node: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(node.expression) ? node.expression.expression.getText() : '';
}

function calledName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}
