/** Maximum number of members of the metadata that a service can index. */
export const maxIndexedMembers = 5;

/** Maximum size of an indexed text, in bytes of UTF-8. */
export const maxIndexedTextBytes = 256;

const namePattern = '[a-zA-Z][a-zA-Z0-9_-]{0,62}';

/** Matches the name of an indexed member: letters, digits, `_` and `-`; starts with a letter. */
export const indexedNameRegExp = new RegExp(`^${namePattern}$`);

/** Source of a regular expression for the query parameter that requests a value of an indexed member. */
export const metadataValuePattern = `^metadata[.](${namePattern})$`;

/** Source of a regular expression for the query parameters that bound the number in an indexed member. */
export const metadataBoundPattern = `^metadata[.](${namePattern})[.](min|max)$`;
