/**
 * Finds the figures, durations and dates in a text, in four languages, in a form that compares: «24 hours», «einen Tag» and
 * «1 day» are one figure. An answer may hold only those that stand in what it cites.
 */

const numberWords: Record<string, number> = {};
// Spanish «once», eleven, is left out: in English it is no figure.
const wordLists = [
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
  'nul ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig',
  'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt',
  'cero un dos tres cuatro cinco seis siete ocho nueve diez · doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte',
];
for (const list of wordLists)
  for (const [value, word] of list.split(' ').entries()) if (word !== '·') numberWords[word] = value;
Object.assign(numberWords, {
  a: 1, an: 1, eine: 1, einen: 1, einem: 1, einer: 1, eines: 1, eins: 1, une: 1, una: 1, uno: 1,
  thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90, hundred: 100,
  dreißig: 30, vierzig: 40, fünfzig: 50, sechzig: 60, siebzig: 70, achtzig: 80, neunzig: 90, hundert: 100,
  trente: 30, quarante: 40, cinquante: 50, soixante: 60, 'quatre-vingt-dix': 90, 
  treinta: 30, cuarenta: 40, cincuenta: 50, sesenta: 60, setenta: 70, ochenta: 80, noventa: 90, cien: 100,
}); // prettier-ignore

/** Words for one: a figure only before a unit («a day»), and otherwise an article. */
const articles = new Set(Object.keys(numberWords).filter((word) => numberWords[word] === 1));

/** Unit words, to a base unit and how many of it they are. Longer phrases come first. */
const units: [RegExp, string, number][] = [
  [
    /^(?:(?:working|business|work)[ -]?days?|werktage?n?|arbeitstage?n?|jours? ouvr(?:és?|ables?)|días? (?:hábil(?:es)?|laborables?))(?!\p{L})/u,
    'workday',
    1,
  ],
  [/^(?:(?:working|business) hours?|arbeitsstunden?)(?!\p{L})/u, 'workhour', 1],
  [/^(?:seconds?|secs?|sekunden?|secondes?|segundos?)(?!\p{L})/u, 'second', 1],
  [/^(?:minutes?|mins?|minuten?|minutos?)(?!\p{L})/u, 'second', 60],
  [/^(?:hours?|hrs?|stunden?|heures?|horas?)(?!\p{L})/u, 'second', 3_600],
  [/^(?:(?:calendar )?days?|kalendertage?n?|tage?n?s?|jours?|días?)(?!\p{L})/u, 'second', 86_400],
  [/^(?:weeks?|wochen?|semaines?|semanas?)(?!\p{L})/u, 'second', 604_800],
  [/^(?:months?|monate?n?s?|mois|mes(?:es)?)(?!\p{L})/u, 'month', 1],
  [/^(?:quarters?|quartale?n?s?|trimestres?)(?!\p{L})/u, 'month', 3],
  [/^(?:years?|jahre?n?s?|ans?|années?|años?)(?!\p{L})/u, 'month', 12],
  [/^(?:%|per ?cent|prozent|pour ?cent|por ciento)/, 'percent', 1],
  [/^(?:(?:eur|euros?)(?!\p{L})|€)/u, 'eur', 1],
  [/^(?:(?:usd|us-dollars?|dollars?|dólares)(?!\p{L})|\$)/u, 'usd', 1],
  [/^(?:(?:gbp|pounds?)(?!\p{L})|£)/u, 'gbp', 1],
];

/** «daily», «jährlich»: how often, as the time between. */
const frequencies: [RegExp, string, number][] = [
  [/\b(?:hourly|stündlich\p{L}*)\b/giu, 'second', 3_600],
  [/\b(?:daily|täglich\p{L}*|quotidien\p{L}*|diari\p{L}*)\b/giu, 'second', 86_400],
  [/\b(?:weekly|wöchentlich\p{L}*|hebdomadaire\p{L}*|semanal\p{L}*)\b/giu, 'second', 604_800],
  [/\b(?:monthly|monatlich\p{L}*|mensuel\p{L}*|mensual\p{L}*)\b/giu, 'month', 1],
  [
    /\b(?:quarterly|vierteljährlich\p{L}*|quartalsweise\p{L}*|trimestriel\p{L}*|trimestral\p{L}*)\b/giu,
    'month',
    3,
  ],
  [/\b(?:annual(?:ly)?|yearly|jährlich\p{L}*|annuel\p{L}*|anual\p{L}*)\b/giu, 'month', 12],
];

/** «every year», «once a month», «pro Jahr», «par an», «al año»: one unit, without a number. */
const everyUnit =
  /\b(?:every|each|per|once an?|jede[nrsm]?|pro|par|chaque|tous les|toutes les|cada|por|al) (?=\p{L})/giu;

const months = [
  ['january', 'jan', 'januar', 'janvier', 'enero'], ['february', 'feb', 'februar', 'février', 'febrero'],
  ['march', 'mar', 'märz', 'mars', 'marzo'], ['april', 'apr', 'avril', 'abril'], ['may', 'mai', 'mayo'],
  ['june', 'jun', 'juni', 'juin', 'junio'], ['july', 'jul', 'juli', 'juillet', 'julio'], ['august', 'aug', 'août', 'agosto'],
  ['september', 'sep', 'sept', 'septembre', 'septiembre'], ['october', 'oct', 'oktober', 'okt', 'octobre', 'octubre'],
  ['november', 'nov', 'novembre', 'noviembre'], ['december', 'dec', 'dezember', 'dez', 'décembre', 'diciembre'],
]; // prettier-ignore
const monthNumber = new Map(
  months.flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
);
const monthPattern = [...monthNumber.keys()].sort((left, right) => right.length - left.length).join('|');

const isoDate = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const dottedDate = /\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b/g;
const dayFirst = new RegExp(
  `\\b(\\d{1,2})(?:st|nd|rd|th|er|\\.)?\\s+(?:of |de )?(${monthPattern})\\b\\.?(?:,?\\s+(?:de )?(\\d{4}))?`,
  'giu',
);
const monthFirst = new RegExp(
  `\\b(${monthPattern})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(\\d{4}))?`,
  'giu',
);

const wordPattern = Object.keys(numberWords)
  .sort((left, right) => right.length - left.length)
  .join('|');
/** A number of digits or words that is no part of a name, as 2FA, A.8.1 or SEV1 are. */
const numberPattern = new RegExp(
  `(?<![\\p{L}\\p{N}_.])(?:(?<currency>[€$£]|EUR|USD|GBP)\\s?)?(?:(?<digits>\\d{1,3}(?:[,.\\u00A0\\u202F ]\\d{3})+(?!\\d)|\\d+(?:[.,]\\d+)*)|(?<word>${wordPattern}))(?![\\p{L}\\p{N}_])`,
  'giu',
);

/** References to the standards are names, and what they say is not a figure of the organisation. */
const standardNames = /\b(?:ISO(?:\/IEC)?|IEC|EN|DIN|NIST(?: SP)?|RFC|SOC)\s?-?\s?[\d-]+(?:[:.]\d+)*/gi;

export interface Figure {
  /** `second:7200`, `month:12`, `percent:80`, `number:16`, `date:2026-03-01` (a year of `0000` was not said). */
  key: string;
  /** As it was written. */
  text: string;
}

/** Every figure of the text. List markers, citation marks and names of standards are none. */
export function figuresIn(source: string): Figure[] {
  const figures: Figure[] = [];
  let text = source
    .normalize('NFC')
    .replace(/\[\d+\]/g, ' ')
    .replace(/^[^\S\n]*\d+[.)]\s/gm, ' ')
    .replace(standardNames, ' ');

  function take(pattern: RegExp, keyOf: (groups: string[]) => string | null) {
    text = text.replace(pattern, (whole: string, ...groups: unknown[]) => {
      const key = keyOf(groups as string[]);
      if (key === null) return whole;
      figures.push({ key, text: whole.trim() });
      return ' '.repeat(whole.length);
    });
  }

  take(isoDate, ([year, month, day]) => `date:${year}-${month}-${day}`);
  take(dottedDate, ([day, month, year]) => dateKey(year, Number(month), day));
  take(dayFirst, ([day, month, year]) => dateKey(year, monthNumber.get(month?.toLowerCase() ?? ''), day));
  take(monthFirst, ([month, day, year]) => dateKey(year, monthNumber.get(month?.toLowerCase() ?? ''), day));
  for (const [pattern, base, factor] of frequencies) take(pattern, () => `${base}:${factor}`);
  for (const { index, 0: whole } of text.matchAll(everyUnit)) {
    const unit = unitAt(text, index + whole.length);
    if (unit !== null) figures.push({ key: `${unit.base}:${unit.factor}`, text: whole + unit.text });
  }

  let open: { value: number; end: number; text: string } | null = null;
  for (const match of text.matchAll(numberPattern)) {
    const { digits, word, currency } = match.groups ?? {};
    const end = match.index + match[0].length;
    const value = digits === undefined ? (numberWords[word?.toLowerCase() ?? ''] ?? 0) : parseDigits(digits);
    const unit = unitAt(text, end);
    if (word !== undefined && unit === null && currency === undefined && articles.has(word.toLowerCase()))
      continue;
    // «10 to 15 minutes»: the first number takes the unit of the second.
    if (
      open !== null &&
      unit !== null &&
      /^\s*(?:-|–|to|bis|à|a|or|oder|ou|o|and|und|et|y)\s*$/iu.test(text.slice(open.end, match.index))
    ) {
      figures.pop();
      figures.push({ key: `${unit.base}:${open.value * unit.factor}`, text: open.text });
    }
    open = unit === null && currency === undefined ? { value, end, text: match[0] } : null;
    if (currency !== undefined)
      figures.push({
        key: `${{ '€': 'eur', $: 'usd', '£': 'gbp' }[currency] ?? currency.toLowerCase()}:${value}`,
        text: match[0],
      });
    else if (unit !== null)
      figures.push({ key: `${unit.base}:${value * unit.factor}`, text: `${match[0]} ${unit.text}` });
    else
      figures.push({ key: `number:${digits === undefined ? value : plainNumber(digits)}`, text: match[0] });
  }
  return figures;
}

/** What stands in the sources of an answer, each of them read once. */
export interface KnownFigures {
  keys: Set<string>;
  values: Set<string>;
}

export function knownFigures(): KnownFigures {
  return { keys: new Set(), values: new Set() };
}

export function learnFigures({ keys, values }: KnownFigures, source: string): void {
  for (const { key, text } of figuresIn(source)) {
    keys.add(key);
    if (key.startsWith('date:')) keys.add(`date:0000${key.slice(9)}`);
    for (const value of text.match(/\d+(?:[.,]\d+)*/g) ?? []) values.add(plainNumber(value));
    values.add(key.slice(key.indexOf(':') + 1));
  }
  for (const value of source.match(/\d+(?:[.,]\d+)*/g) ?? []) values.add(plainNumber(value));
}

/** @returns the figures of `answer` that stand nowhere in what is known, as they were written */
export function unknownFigures(answer: string, { keys, values }: KnownFigures): string[] {
  return figuresIn(answer)
    .filter(({ key }) => !keys.has(key) && !(key.startsWith('number:') && values.has(key.slice(7))))
    .map(({ text }) => text);
}

/** Characters after a number in which its unit is looked for: room for the longest one and some space before it. */
const unitReach = 60;

function unitAt(text: string, at: number): { base: string; factor: number; text: string } | null {
  const rest = text
    .slice(at, at + unitReach)
    .replace(/^[\s\u00A0)-]+/u, '')
    .toLowerCase();
  for (const [pattern, base, factor] of units) {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) return { base, factor, text: found };
  }
  return null;
}

/** «1,000», «1.000» and «1 000» are a thousand; «2.5» and «2,5» are two and a half. */
function parseDigits(digits: string): number {
  return Number.parseFloat(plainNumber(digits));
}

/** A number without a unit may be that of a section or a version: 3.1, 3.10 and 3.1.2 are three. */
function plainNumber(digits: string): string {
  if (/^\d{1,3}(?:[,.\u00A0\u202F ]\d{3})+$/.test(digits)) return String(Number(digits.replace(/\D/g, '')));
  return /^\d+$/.test(digits) ? String(Number(digits)) : digits.replaceAll(',', '.');
}

function dateKey(
  year: string | undefined,
  month: number | undefined,
  day: string | undefined,
): string | null {
  if (month === undefined || day === undefined || month > 12) return null;
  return `date:${year ?? '0000'}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
