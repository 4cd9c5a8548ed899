/** Counts the lines of a Python module that are neither blank nor comments, nor part of a docstring. */
export function codeLines(text: string): number {
  const withoutDocstrings = text.replaceAll(/^\s*"""[\s\S]*?"""\n/gm, '');
  return withoutDocstrings.split('\n').filter((line) => /^\s*[^\s#]/.test(line)).length;
}
