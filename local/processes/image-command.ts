/** The command of an image. A job's command replaces `command`, never `entrypoint`. */
export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** The command of an image and the image that its last stage starts from, such as `python:3.12`. */
export interface ImageSource extends ImageCommand {
  readonly base: string;
}

/**
 * Returns the command of a Dockerfile and the base image of its last stage. A stage that starts from another
 * stage has the base of that stage. Throws like {@link readImageCommand}.
 */
export function readImageSource(dockerfile: string, where: string): ImageSource {
  const bases = new Map<string, string>();
  let base = '';
  for (const line of instructions(dockerfile)) {
    const from = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?$/i.exec(line);
    if (from === null) continue;
    const [, image = '', stage] = from;
    base = bases.get(image.toLowerCase()) ?? image;
    if (stage !== undefined) bases.set(stage.toLowerCase(), base);
  }
  return { ...readImageCommand(dockerfile, where), base };
}

/**
 * Reads ENTRYPOINT and CMD of a Dockerfile's last stage; its other instructions have no effect locally.
 * Throws an error that names `where` for the shell form, which would need the image's own shell.
 * https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
 */
export function readImageCommand(dockerfile: string, where: string): ImageCommand {
  const found = { entrypoint: [] as readonly string[], command: [] as readonly string[] };
  for (const line of instructions(dockerfile)) {
    const [, keyword = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    const instruction = keyword.toUpperCase();
    if (instruction === 'FROM') Object.assign(found, { entrypoint: [], command: [] });
    // A later ENTRYPOINT would discard the CMD of a base image. This does not matter here, because each FROM
    // resets both.
    if (instruction === 'ENTRYPOINT') found.entrypoint = execForm(rest, `${where}: ENTRYPOINT`);
    if (instruction === 'CMD') found.command = execForm(rest, `${where}: CMD`);
  }
  return found;
}

/** Returns the lines without comments; a line that ends in a backslash continues in the next line. */
function instructions(dockerfile: string): readonly string[] {
  return dockerfile
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\[ \t]*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function execForm(text: string, where: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed;
  } catch {
    // Handled below, like any other value that is not a list of strings.
  }
  throw new Error(`${where} must be in the exec form, a JSON list such as ["node", "main.js"], not ${text}`);
}
