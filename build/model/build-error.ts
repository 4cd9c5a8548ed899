/** Where code is wrong: a file relative to the folder of `service.json`, and a line and a column that count from 1. */
export interface CodeLocation {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** Code that cannot be built. The message begins with the location, if there is one; `detail` is the message without it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly detail: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;

  constructor(detail: string, { file, line, column }: CodeLocation = {}) {
    const location = [file, line, column].filter((part) => part !== undefined).join(':');
    super(location === '' ? detail : `${location}: ${detail}`);
    this.detail = detail;
    if (file !== undefined) this.file = file;
    if (line !== undefined) this.line = line;
    if (column !== undefined) this.column = column;
  }
}
