import ts from 'typescript';
import { type PlatformRuleName, platformRules } from './platform-rules.ts';

/** A use of something that differs between platforms. */
export interface PlatformUse {
  readonly rule: PlatformRuleName | 'script';
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const ruleNames = Object.keys(platformRules) as readonly PlatformRuleName[]; // keys of a const object

/** Returns the uses in a source file, at most one of each rule per line. Comments are not checked. */
export function findPlatformUses(fileName: string, source: string): readonly PlatformUse[] {
  const parsed = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const found = new Map<string, PlatformUse>();
  const visit = (node: ts.Node): void => {
    for (const rule of ruleNames) {
      if (!platformRules[rule].matches(node)) continue;
      const line = parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.set(`${rule} ${line}`, { rule, line, text: node.getText().split('\n')[0] ?? '' });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return [...found.values()];
}

/**
 * Commands of Unix, and syntax that the shell of Windows does not have. There, `exec` is `package/exec.js`, which
 * npm links in `node_modules/.bin`.
 */
const unixScript = /(^|&& )(rm|cp|mv|mkdir|cat|sh|bash|env)\s|(^|&& )\w+=|['$;`]/;

/** Returns the scripts of a package manifest that run only in a Unix shell. */
export function findUnixScripts(manifest: string): readonly PlatformUse[] {
  const { scripts = {} } = JSON.parse(manifest) as { scripts?: Readonly<Record<string, string>> };
  const lines = manifest.split('\n');
  return Object.entries(scripts)
    .filter(([, command]) => unixScript.test(command))
    .map(([name, text]) => ({
      rule: 'script',
      line: lines.findIndex((line) => line.includes(`"${name}": `)) + 1,
      text,
    }));
}
