/** A reply as text for a terminal, and as one JSON object for programs. */
import type { Button, Citation, Form, PassageExcerpt, Reply } from '../../conversation/contract.ts';
import { hostOf, linkLine, sourceLine, unfolded, wordForWord } from '../../conversation/plain-text.ts';

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  /** Columns of the screen. */
  width: number;
}

export const plainStyle: Style = { bold: (text) => `**${text}**`, dim: (text) => text, width: 100 };

export function screenStyle(width: number): Style {
  return {
    bold: (text) => `\u001B[1m${text}\u001B[22m`,
    dim: (text) => `\u001B[2m${text}\u001B[22m`,
    width: Math.min(width, 110),
  };
}

/** Characters of a column that still hold a word. */
const narrowestColumn = 12;

/** No file of a reply lies here. */
const nowhere: ReadonlyMap<string, string> = new Map();

/** @param number  shown before each button and choice; pressing it by number works only where a person types */
export function renderText(
  reply: Reply,
  style: Style,
  numbered: boolean,
  saved: ReadonlyMap<string, string> = nowhere,
): string {
  const blocks: string[] = [];
  if (reply.about !== null) blocks.push(style.dim(wrap(`«${clean(reply.about)}»`, style.width)));
  const said = wrap(clean(reply.text), style.width);
  if (said !== '') blocks.push(reply.quoted ? style.bold(said) : said);
  blocks.push(...sourcesOf(reply, style));
  if (reply.facts.length > 0)
    blocks.push(
      reply.facts
        .map(({ label, value }) =>
          hanging(`${style.dim(`${clean(label)}:`)} ${clean(value)}`, 4, style.width),
        )
        .join('\n'),
    );
  if (reply.progress !== null)
    blocks.push(`${clean(reply.progress.label)}: ${reply.progress.done} of ${reply.progress.total}`);
  if (reply.table !== null) blocks.push(renderTable(reply.table, style));
  if (reply.items.length > 0)
    blocks.push(
      reply.items
        .map(({ text, detail, button, link }) => {
          const label = button === null ? '' : `  ${labelOf(reply, button, numbered)}`;
          const quiet = [detail, link === null ? null : linkLine(link)].filter((part) => part !== null);
          const first = `  - ${hanging(clean(text), 4, style.width - 4)}${style.dim(label)}`;
          if (quiet.length === 0) return first;
          return `${first}\n    ${style.dim(hanging(clean(quiet.join(' · ')), 4, style.width - 4))}`;
        })
        .join('\n'),
    );
  const pathOf = (id: string) => clean(saved.get(id) ?? 'it is not here any more; ask me for it again');
  if (reply.picture !== null) blocks.push(`${clean(reply.picture.alt)}: ${pathOf(reply.picture.id)}`);
  if (reply.files.length > 0)
    blocks.push(reply.files.map(({ name, id }) => `${clean(name)}: ${pathOf(id)}`).join('\n'));
  if (reply.leadsTo !== null) blocks.push(`Open ${hostOf(reply.leadsTo)}: ${clean(reply.leadsTo)}`);
  if (reply.form !== null) blocks.push(numbered ? announceForm(reply.form) : renderForm(reply.form, style));
  const choices = reply.choices.map(
    (choice) => `  ${numbered ? labelOf(reply, choice, true) : `- ${clean(choice.label)}`}`,
  );
  if (choices.length > 0) blocks.push(choices.join('\n'));
  const buttons = reply.buttons.map((button) => labelOf(reply, button, numbered));
  if (buttons.length > 0) blocks.push(style.dim(`  ${buttons.join('   ')}`));
  if (reply.aside !== null) blocks.push(style.dim(wrap(clean(reply.aside), style.width)));
  if (reply.note !== null) blocks.push(wrap(clean(reply.note), style.width));
  return blocks.join('\n\n');
}

/** Everything that can be pressed, in the order of its numbers. */
export function buttonsOf({ items, choices, buttons }: Reply): Button[] {
  return [...items.flatMap((item) => item.button ?? []), ...choices, ...buttons];
}

/** Cells below each other; where the screen is too narrow for all of them, the widest column is broken into lines. */
function renderTable({ columns, rows }: NonNullable<Reply['table']>, style: Style): string {
  const all = [columns, ...rows].map((row) => row.map(clean));
  const widths = columns.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const room = style.width - 2 * (widths.length - 1);
  while (sum(widths) > room) {
    const widest = Math.max(...widths);
    if (widest <= narrowestColumn) break;
    widths[widths.indexOf(widest)] = widest - 1; // of two wide ones each gives some
  }
  const lines = all.map((row) => {
    const cells = row.map((cell, at) => wrap(cell, widths[at] ?? 0).split('\n'));
    return Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, line) =>
      cells
        .map((cell, at) => (cell[line] ?? '').padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    ).join('\n');
  });
  return [style.dim(lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function labelOf(reply: Reply, button: Button, numbered: boolean): string {
  const label = clean(button.label);
  return numbered ? `(${buttonsOf(reply).indexOf(button) + 1}) ${label}` : `[${label}]`;
}

function sourcesOf(reply: Reply, style: Style): string[] {
  const { passages, citations } = unfolded(reply);
  const excerpts = new Map(passages.map((passage) => [passage.n, passage]));
  if (reply.quoted)
    return [...new Set([...passages, ...citations].map(({ n }) => n))]
      .toSorted((one, other) => one - other)
      .map((n) =>
        renderSection(
          citations.find((each) => each.n === n),
          excerpts.get(n),
          style,
        ),
      );
  const sources = citations.map((citation) =>
    renderSource(citation, excerpts.get(citation.n), style, passages.length > 0),
  );
  return sources.length === 0 ? [] : [sources.join('\n')];
}

/** A section as it is written, its source below it. */
function renderSection(
  citation: Citation | undefined,
  excerpt: PassageExcerpt | undefined,
  style: Style,
): string {
  const words = excerpt === undefined ? [] : [wrap(marked(excerpt, style), style.width)];
  const source = citation === undefined ? [] : [style.dim(clean(wordForWord(citation)))];
  return [...words, ...source].filter((part) => part !== '').join('\n');
}

function renderSource(
  citation: Citation,
  excerpt: PassageExcerpt | undefined,
  style: Style,
  besideExcerpts: boolean,
): string {
  const line = `[${citation.n}] ${clean(sourceLine(citation))}`;
  if (excerpt !== undefined)
    return `${style.dim(line)}\n${indent(wrap(marked(excerpt, style), style.width - 4))}\n`;
  if (besideExcerpts) return style.dim(line);
  return `${style.dim(line)}\n${indent(wrap(`«${clean(citation.quote)}»`, style.width - 4))}`;
}

function marked({ text, marks }: PassageExcerpt, style: Style): string {
  let out = '';
  let at = 0;
  for (const [start, end] of marks) {
    out += clean(text.slice(at, start)) + style.bold(clean(text.slice(start, end)));
    at = end;
  }
  return out + clean(text.slice(at));
}

/** The value that is sent, and what it means where it does not say so itself. */
function optionOf(value: string, label: string): string {
  return label.startsWith(value) ? label : `${value} (${label})`;
}

/** Where a person types, its fields are asked one after the other. */
function announceForm({ title, fields }: Form): string {
  const many = fields.length === 1 ? '' : ` (${fields.length} questions)`;
  return `${clean(title)}${many}. /cancel leaves it.`;
}

function renderForm({ title, fields }: Form, style: Style): string {
  const lines = fields.map((field) => {
    const options = field.options.map(({ value, label }) => optionOf(value, clean(label)));
    const parts = [
      `  ${style.bold(field.name)}${field.required ? ' (required)' : ''}: ${clean(field.label)}`,
    ];
    if (field.hint !== null) parts.push(style.dim(`      ${hanging(clean(field.hint), 6, style.width - 6)}`));
    if (options.length > 0) parts.push(`      one of ${options.join('\n          or ')}`);
    if (field.value !== null && field.value !== '') parts.push(`      now: ${clean(field.value)}`);
    if (field.error !== null) parts.push(`      ! ${clean(field.error)}`);
    return parts.join('\n');
  });
  const example = JSON.stringify(
    Object.fromEntries(fields.filter((field) => field.required).map((field) => [field.name, '…'])),
  );
  return [`${clean(title)}:`, ...lines, style.dim(`  Send it with /fill ${example}`)].join('\n');
}

/** One JSON object: what programs and tests read. */
export function renderJson(to: string, reply: Reply, saved: ReadonlyMap<string, string> = nowhere): string {
  const asNumbered = ({ n, text }: PassageExcerpt) => `[${n}] ${text}`;
  const passages = unfolded(reply).passages.map(reply.quoted ? ({ text }) => text : asNumbered);
  const folded = reply.passages.filter((passage) => passage.folded).map(asNumbered);
  const json = JSON.stringify({
    to,
    text: [reply.text, ...passages].filter((part) => part !== '').join('\n\n'),
    ...(folded.length === 0 ? {} : { folded }),
    citations: reply.citations.map(
      ({ n, kind, policy, version, section, heading, effectiveFrom, quote }) => ({
        n,
        kind,
        policy,
        version,
        section,
        heading,
        effectiveFrom,
        quote,
      }),
    ),
    buttons: buttonsOf(reply).map(({ id, label }) => ({ id, label })),
    ...(reply.about === null ? {} : { about: reply.about }),
    ...(reply.items.length === 0
      ? {}
      : {
          items: reply.items.map(({ text, detail, link }) => ({
            text,
            detail,
            ...(link === null ? {} : { link }),
          })),
        }),
    facts: reply.facts,
    form: reply.form,
    files: reply.files.map(({ name, id }) => ({ name, path: saved.get(id) ?? null })),
    table: reply.table,
    notice: reply.notice,
  });
  // JSON leaves these as they are, and a terminal obeys some of them.
  return json.replace(
    /[\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** No control character leaves: text could otherwise move the cursor, recolour or retitle the terminal. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, ' ');
}

/** @param left  columns before each line but the first */
function hanging(text: string, left: number, width: number): string {
  return wrap(text, width).replaceAll('\n', `\n${' '.repeat(left)}`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const lead = /^\s*(?:[-|]\s)?/.exec(line)?.[0] ?? '';
      let out = '';
      let column = 0;
      for (const word of line.split(' ')) {
        const length = word.replace(/\u001B\[\d+m/g, '').length;
        if (column > 0 && column + 1 + length > width) {
          out += `\n${' '.repeat(lead.length)}`;
          column = lead.length;
        } else if (column > 0 || out !== '') {
          out += ' ';
          column += 1;
        }
        out += word;
        column += length;
      }
      return out;
    })
    .join('\n');
}
