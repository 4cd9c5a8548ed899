/** `ucschar` and `iprivate` of https://www.rfc-editor.org/rfc/rfc3987#section-2.2 */
const beyondAscii = [
  '\\u{A0}-\\u{D7FF}\\u{E000}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}',
  ...Array.from({ length: 16 }, (_, index) => {
    const plane = (index + 1).toString(16);
    // Plane 14 starts with tags, which are not allowed.
    return `\\u{${plane}${plane === 'e' ? '1000' : '0000'}}-\\u{${plane}FFFD}`;
  }),
].join('');

const badOctet = '%(?![0-9A-Fa-f]{2})';
/** Allows the apostrophe, which https://www.rfc-editor.org/errata/eid6937 adds to literals. */
const badLiteral = new RegExp(`[^!#$%&'()*+,\\-./0-9:;=?@A-Z[\\]_a-z~${beyondAscii}]|${badOctet}`, 'u');
const badName = new RegExp(`[^A-Za-z0-9_.%]|${badOctet}|^\\.|\\.\\.|\\.$|^$`);
const operator = /^[+#./;?&=,!@|]/;
const modifier = /(?::[1-9][0-9]{0,3}|\*)$/;
const expressions = /\{([^{}]*)\}/g;

/** Whether a text is a URI template: https://www.rfc-editor.org/rfc/rfc6570#section-2 */
export function isUriTemplate(text: string): boolean {
  // A slash replaces each expression, so that `%{x}41` does not become `%41`.
  if (badLiteral.test(text.replaceAll(expressions, '/'))) return false;
  return text.matchAll(expressions).every(([, expression = '']) => isVariableList(expression));
}

function isVariableList(expression: string): boolean {
  const variables = expression.replace(operator, '').split(',');
  return variables.every((variable) => !badName.test(variable.replace(modifier, '')));
}
