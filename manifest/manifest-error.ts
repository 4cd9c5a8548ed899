/** A `service.json` that cannot be used. The message names the file and contains one sentence per violation. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';

  constructor(file: string, sentences: readonly string[]) {
    super(`${file}: ${sentences.join(' ')}`);
  }
}
