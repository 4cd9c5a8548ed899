/** The setting that allows web pages of every origin. */
const anyOrigin = '*';

/**
 * The origins whose web pages may call the API, without duplicates: `*`, or origins as browsers send them, such
 * as `https://console.example.com`. Throws an error that describes the first origin that is not valid.
 */
export function readOrigins(texts: readonly string[]): readonly string[] {
  const origins = [...new Set(texts)];
  const invalid = origins.find((origin) => origin !== anyOrigin && !isOrigin(origin));
  if (invalid !== undefined)
    throw new Error(
      `The origin ${invalid} is not valid: it must be * or have the form https://console.example.com, in lower case, with a port if it is not the default one, and without a path`,
    );
  if (origins.includes(anyOrigin) && origins.length > 1)
    throw new Error(`The origins ${origins.join(', ')} are not valid: * must be the only one`);
  return origins;
}

/** Whether a text is an origin as browsers send it (https://www.rfc-editor.org/rfc/rfc6454#section-6.2). */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
