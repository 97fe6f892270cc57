/** A reply as text for a terminal, and as one JSON object for programs. */
import type { Button, Citation, Form, PassageExcerpt, Reply } from '../../conversation/contract.ts';
import {
  hostOf,
  linkLine,
  runsAround,
  sourceLine,
  unfolded,
  wordForWord,
} from '../../conversation/plain-text.ts';
import { hanging, indent, inOnePiece, tableLines, wrap } from './wrap.ts';

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
  const said = wrap(titled(reply, style), style.width);
  const below = reply.line === null ? [] : [style.dim(wrap(clean(reply.line), style.width))];
  if (said !== '' || below.length > 0)
    blocks.push([...(said === '' ? [] : [reply.quoted ? style.bold(said) : said]), ...below].join('\n'));
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
    blocks.push(
      wrap(`${clean(reply.progress.label)}: ${reply.progress.done} of ${reply.progress.total}`, style.width),
    );
  if (reply.table !== null) blocks.push(renderTable(reply.table, style));
  if (reply.items.length > 0)
    blocks.push(
      reply.items
        .map(({ text, detail, button, link }) => {
          const label = button === null ? '' : `  ${style.dim(inOnePiece(labelOf(reply, button, numbered)))}`;
          const quiet = [detail, link === null ? null : linkLine(link)].filter((part) => part !== null);
          const first = `  - ${hanging(`${clean(text)}${label}`, 4, style.width)}`;
          if (quiet.length === 0) return first;
          return `${first}\n    ${style.dim(hanging(clean(quiet.join(' · ')), 4, style.width))}`;
        })
        .join('\n'),
    );
  const pathOf = (id: string) => clean(saved.get(id) ?? 'it is not here any more; ask me for it again');
  const line = (text: string) => wrap(text, style.width);
  if (reply.picture !== null) blocks.push(line(`${clean(reply.picture.alt)}: ${pathOf(reply.picture.id)}`));
  if (reply.files.length > 0)
    blocks.push(reply.files.map(({ name, id }) => line(`${clean(name)}: ${pathOf(id)}`)).join('\n'));
  if (reply.leadsTo !== null) blocks.push(line(`Open ${hostOf(reply.leadsTo)}: ${clean(reply.leadsTo)}`));
  if (reply.form !== null)
    blocks.push(numbered ? line(announceForm(reply.form)) : renderForm(reply.form, style));
  if (reply.aside !== null) blocks.push(style.dim(wrap(clean(reply.aside), style.width)));
  const choices = reply.choices.map((choice) =>
    line(`  ${numbered ? labelOf(reply, choice, true) : `- ${clean(choice.label)}`}`),
  );
  if (choices.length > 0) blocks.push(choices.join('\n'));
  const buttons = reply.buttons.map((button) => inOnePiece(labelOf(reply, button, numbered)));
  if (buttons.length > 0) blocks.push(style.dim(line(`  ${buttons.join('   ')}`)));
  if (reply.note !== null) blocks.push(wrap(clean(reply.note), style.width));
  return blocks.join('\n\n');
}

function titled({ text, title }: Reply, style: Style): string {
  return runsAround(text, title)
    .map((run) => (run.standsOut ? style.bold(clean(run.text)) : clean(run.text)))
    .join('');
}

/** Everything that can be pressed, in the order of its numbers. */
export function buttonsOf({ items, choices, buttons }: Reply): Button[] {
  return [...items.flatMap((item) => item.button ?? []), ...choices, ...buttons];
}

function renderTable({ columns, rows }: NonNullable<Reply['table']>, style: Style): string {
  return tableLines(
    columns.map(clean),
    rows.map((row) => row.map(clean)),
    style.width,
    (line) => style.dim(line),
  );
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
  const source = citation === undefined ? [] : [style.dim(wrap(clean(wordForWord(citation)), style.width))];
  return [...words, ...source].filter((part) => part !== '').join('\n');
}

function renderSource(
  citation: Citation,
  excerpt: PassageExcerpt | undefined,
  style: Style,
  besideExcerpts: boolean,
): string {
  const line = hanging(`[${citation.n}] ${clean(sourceLine(citation))}`, 4, style.width);
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
    const below = (text: string) => `      ${hanging(clean(text), 6, style.width)}`;
    const parts = [
      `  ${hanging(`${style.bold(field.name)}${field.required ? ' (required)' : ''}: ${clean(field.label)}`, 6, style.width)}`,
    ];
    if (field.hint !== null) parts.push(style.dim(below(field.hint)));
    if (options.length > 0)
      parts.push(
        `      one of ${options.map((option) => hanging(option, 13, style.width)).join('\n          or ')}`,
      );
    if (field.value !== null && field.value !== '') parts.push(below(`now: ${field.value}`));
    if (field.error !== null) parts.push(below(`! ${field.error}`));
    return parts.join('\n');
  });
  const example = JSON.stringify(
    Object.fromEntries(fields.filter((field) => field.required).map((field) => [field.name, '…'])),
  );
  return [
    wrap(`${clean(title)}:`, style.width),
    ...lines,
    style.dim(`  ${hanging(`Send it with /fill ${example}`, 2, style.width)}`),
  ].join('\n');
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
    ...(reply.line === null ? {} : { line: reply.line }),
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
