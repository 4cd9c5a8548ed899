import { closeSync, openSync, readSync } from 'node:fs';

/** Values of `e_machine` in the header of a file with machine code for Linux. https://www.man7.org/linux/man-pages/man5/elf.5.html */
const processors: Readonly<Record<number, 'x86_64' | 'arm64'>> = { 62: 'x86_64', 183: 'arm64' };

/** The processor that a file has machine code for; undefined unless it is for Linux on x86_64 or arm64. */
export function processorOf(file: string): 'x86_64' | 'arm64' | undefined {
  const opened = openSync(file, 'r');
  try {
    const header = Buffer.alloc(20);
    const length = readSync(opened, header, 0, 20, 0);
    if (length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
    return processors[header.readUInt16LE(18)];
  } finally {
    closeSync(opened);
  }
}
