/** Slack's own marks in what a person wrote: bold, strike, code, lists and shortcodes, none of which changes what the words say. */

/** Faces that say something; every other one, custom ones too, says nothing. */
const faces: Record<string, string> = {
  'white_check_mark': '✅',
  'heavy_check_mark': '✅',
  'ballot_box_with_check': '✅',
  'check': '✅',
  'done': '✅',
  'x': '❌',
  'negative_squared_cross_mark': '❌',
  'no_entry': '⛔',
  '+1': '👍',
  'thumbsup': '👍',
  '-1': '👎',
  'thumbsdown': '👎',
  'ok_hand': '👌',
  'pray': '🙏',
  'heart': '❤️',
  'tada': '🎉',
  'wave': '👋',
  'slightly_smiling_face': '🙂',
  'smile': '😄',
  'question': '❓',
}; // prettier-ignore

const shortcode =
  /(?<![\p{L}\p{N}:/]):(\+1|-1|[a-z0-9][a-z0-9_+'-]*):(?::?skin-tone-\d:)?(?![\p{L}\p{N}])/giu;
const code = /```[\s\S]*?```|`[^`\n]+`/g;
const struck =
  /(?<![\p{L}\p{N}~])~(?=[^\s~])[^~\n]*[^\s~]~(?![\p{L}\p{N}~])|(?<![\p{L}\p{N}~])~[^\s~]~(?![\p{L}\p{N}~])/gu;
const strong = /(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu;
const slanted = /(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^\s_])_(?![\p{L}\p{N}_])/gu;

/** Words that were struck out are not said; a single word of code is said as any other, and longer code stays a quotation. */
export function withoutMarks(text: string): string {
  let plain = '';
  let from = 0;
  for (const { 0: quoted, index } of text.matchAll(code)) {
    const word = /^`([^`\s]+)`$/.exec(quoted)?.[1];
    plain += unstyled(text.slice(from, index)) + (word ?? quoted);
    from = index + quoted.length;
  }
  return withoutNumbers(plain + unstyled(text.slice(from)));
}

function unstyled(text: string): string {
  return text
    .replace(struck, ' ')
    .replace(strong, '$1')
    .replace(slanted, '$1')
    .replace(shortcode, (whole, name: string) =>
      /^\d+$/.test(name) && name !== '100' ? whole : (faces[name.toLowerCase()] ?? ' '),
    )
    .replace(/(?<=\S) {2,}/g, ' ');
}

/** A list that counts from one; a line that begins with a day, as «15. Dezember», is none. */
function withoutNumbers(text: string): string {
  let next = 1;
  const lines = text.split('\n').map((line) => {
    const item = /^\s*(\d{1,3})[.)]\s+(?=\S)/.exec(line);
    if (item === null || Number(item[1]) !== next) return line;
    next += 1;
    return line.slice(item[0].length);
  });
  return next > 2 ? lines.join('\n') : text;
}
