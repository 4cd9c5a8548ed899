import { describe, expect, it } from 'vitest';
import { meets } from '../../../functions/api/if-match.ts';

describe('If-Match', () => {
  it.each([undefined, '*', ' * ', '"7"', '"6", "7"', '"6","7" ,"8"'])('%j allows the tag "7"', (header) => {
    expect(meets(header, '"7"')).toBe(true);
  });

  it.each(['"6"', 'W/"7"', '7', '', '"77"', '"6", W/"7"', '"7', '* , "6"'])(
    '%j does not allow the tag "7"',
    (header) => {
      expect(meets(header, '"7"')).toBe(false);
    },
  );
});
