import { dirname, join } from 'node:path';
import ts from 'typescript';

const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  lib: ['lib.es2022.d.ts'],
};

const libraries = new Map<string, ts.SourceFile | undefined>();
const libraryFolder = dirname(ts.getDefaultLibFilePath(options));

/** Compiles TypeScript files by their names, and returns the errors as `<file>:<line>: <text>`. */
export function compile(files: Readonly<Record<string, string>>): readonly string[] {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    const text = files[name];
    if (text !== undefined) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    if (!libraries.has(name)) libraries.set(name, getSourceFile.call(host, name, ...rest));
    return libraries.get(name);
  };
  host.fileExists = (name) => name in files || name.startsWith(libraryFolder);
  host.readFile = (name) => files[name] ?? ts.sys.readFile(name);
  host.directoryExists = () => true;
  host.realpath = (path) => path;
  host.getDefaultLibLocation = () => libraryFolder;
  host.getDefaultLibFileName = () => join(libraryFolder, 'lib.es2022.d.ts');
  const program = ts.createProgram({ rootNames: Object.keys(files), options, host });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
