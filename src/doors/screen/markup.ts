/** HTML in which every value is escaped, unless it is HTML of ours. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | null | Html | readonly Html[];

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Signs that turn writing about, and that no HTML may hold. */
const unseen = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

export function markup(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.reduce((all, string, at) => all + shown(values[at - 1] ?? null) + string));
}

function shown(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return (value ?? []).map(({ text }) => text).join('');
  return String(value)
    .toWellFormed()
    .replace(unseen, ' ')
    .replace(/[&<>"']/g, (sign) => signs[sign] ?? '');
}
