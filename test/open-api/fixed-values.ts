const firstMoment = Date.parse('2026-11-21T12:00:00.000Z');

/** The recorded values with fixed ones in the place of those that differ between any two runs. */
export function withFixedValues(recorded: unknown, baseUrl: string): unknown {
  const text = JSON.stringify(recorded)
    .replaceAll(baseUrl, 'https://api.example.com')
    .replaceAll(
      /"http:\/\/127[^"?]*\/([\w%.-]+)\?[^"]*"/g,
      '"https://content.example.com/$1?X-Amz-Signature=4f0c3e"',
    )
    .replaceAll(/"day":"[\d-]+"/g, '"day":"2026-11-21"')
    .replaceAll(/"position":"[^"]+"/g, '"position":"RzdodWc5NmRDZnBMY0p0"')
    .replaceAll(/"requestId":"[^"]+"/g, '"requestId":"3f0c2a8e-6b0f-4d6e-9a53-1f2b7c8d9e0a"')
    .replaceAll(/("(?:typicalSeconds|meanDurationSeconds)":)[\d.]+/g, '$11.5')
    .replaceAll(/"durationMs":\d+/g, '"durationMs":50')
    .replaceAll(/\d{13}-(?=[0-9a-f]{8}-)/g, `${firstMoment}-`)
    .replaceAll(/whsec_[\w+/]+=*/g, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    .replaceAll(
      /00-[0-9a-f]{32}-[0-9a-f]{16}-0\d/g,
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    );
  return JSON.parse(withFixedTimes(withFixedIds(text)));
}

/** IDs that are numbered in the order in which they occur. */
function withFixedIds(text: string): string {
  const numbers = new Map<string, number>();
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, (id) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    const moment = firstMoment.toString(16).padStart(12, '0');
    return `${moment.slice(0, 8)}-${moment.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`;
  });
}

/** Times a second apart, in the same order. Times of other days keep their distance. */
function withFixedTimes(text: string): string {
  const pattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
  const times = [...new Set(text.match(pattern) ?? [])]
    .map((time) => Date.parse(time))
    .sort((one, other) => one - other);
  const [first = 0] = times;
  return text.replaceAll(pattern, (time) => {
    const distance = Date.parse(time) - first;
    const days = Math.floor(distance / 86_400_000);
    const seconds = times.filter((other) => other < Date.parse(time)).length;
    return new Date(firstMoment + days * 86_400_000 + seconds * 1000).toISOString();
  });
}
