/** What an image runs: the command takes the place of `command`, never of `entrypoint`. */
export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/**
 * Reads ENTRYPOINT and CMD of a Dockerfile's last stage; nothing else in it has an effect here. Throws, naming `where`,
 * for the shell form, which would need the image's own shell.
 * https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
 */
export function readImageCommand(dockerfile: string, where: string): ImageCommand {
  const found = { entrypoint: [] as readonly string[], command: [] as readonly string[] };
  for (const line of instructions(dockerfile)) {
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    const instruction = word.toUpperCase();
    if (instruction === 'FROM') Object.assign(found, { entrypoint: [], command: [] });
    // An image's command belongs to its entrypoint: a later ENTRYPOINT does away with a command of the image below,
    // and there is none here, since each FROM begins anew.
    if (instruction === 'ENTRYPOINT') found.entrypoint = execForm(rest, `${where}: ENTRYPOINT`);
    if (instruction === 'CMD') found.command = execForm(rest, `${where}: CMD`);
  }
  return found;
}

/** Lines without comments; those that end in a backslash go on in the next. */
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
    // Answered below, as any other value that is not a list of texts.
  }
  throw new Error(`${where} must be in the exec form, a JSON list such as ["node", "main.js"], not ${text}`);
}
