import { accessSync, closeSync, existsSync, constants as modes, openSync, readSync } from 'node:fs';

/** Value of `e_machine` in the header of an ELF file, by architecture of Node.js. */
const elfMachines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/**
 * Returns why Lambda would not start a program, in the words of Lambda's message, or undefined. A program for
 * another processor is recognized by the header of its ELF file, because a shell would run it as a script.
 * https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
export function bootstrapRefusal(file: string, architecture: string = process.arch): string | undefined {
  if (!existsSync(file))
    return `Couldn't find valid bootstrap(s): [${file}]: build the program of the function into this file`;
  try {
    accessSync(file, modes.X_OK);
  } catch {
    return `fork/exec ${file}: permission denied: make the file executable`;
  }
  const header = firstBytes(file, 20);
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const machine = header.readUInt16LE(18);
  if (elfMachines[architecture] === undefined || elfMachines[architecture] === machine) return undefined;
  const built = Object.keys(elfMachines).find((name) => elfMachines[name] === machine) ?? 'another processor';
  return `fork/exec ${file}: exec format error: it is built for ${built}, and this machine is ${architecture}`;
}

function firstBytes(file: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes);
  closeSync(descriptor);
  return bytes;
}
