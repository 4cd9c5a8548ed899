import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { splitEntry } from '../../manifest/lambda-source.ts';
import { runProgram } from '../files/run-program.ts';
import { BuildError } from '../model/build-error.ts';
import type { LanguageBuild } from '../model/build-input.ts';
import { handlerAdvice } from './bundle-error.ts';

const timeoutSeconds = 10;

/**
 * Throws `BuildError` if the handler of a built function is not a function. A declaration that cannot be anything else is
 * recognized in the source; otherwise the bundle is imported in a process of its own, without the variables of this one,
 * such as credentials. A module that cannot be imported is no error here: its function fails when it starts, as on Lambda.
 */
export async function checkHandler({ folder, source, outputDirectory }: LanguageBuild): Promise<void> {
  const { file, exportName } = splitEntry(source.entry);
  const text = await readFile(join(folder, file), 'utf8');
  if (declaresFunction(text, exportName)) return;
  const url = pathToFileURL(join(outputDirectory, 'index.mjs')).href;
  const script = `import(${JSON.stringify(url)}).then((all) => { console.log('\\n${marker}' + typeof all[${JSON.stringify(exportName)}]); process.exit(); });`;
  const { stdout } = await runProgram(process.execPath, ['--eval', script], {
    timeoutSeconds,
    environment: { ...systemVariables(), ...source.environment },
  });
  const type = stdout.split(`\n${marker}`)[1]?.trim();
  if (type === undefined || type === 'function') return;
  const problem =
    type === 'undefined' ? `There is no export "${exportName}"` : `"${exportName}" is not a function`;
  throw new BuildError(handlerAdvice(problem, file), { file });
}

const marker = 'type of the handler: ';

function declaresFunction(text: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$');
  return new RegExp(
    `^export (?:async )?function\\*? ?${escaped}\\b|^export (?:const|let) ${escaped} = (?:defineService\\b|async\\b|\\([^()]*\\)[^=\\n]*=>)`,
    'm',
  ).test(text);
}

/** Without these, Node.js does not start on some systems. */
function systemVariables(): Readonly<Record<string, string>> {
  const names = ['PATH', 'Path', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
