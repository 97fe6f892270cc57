/** A reply as HTML: its words, and a form for each thing that can be pressed. What cannot be done here is not offered. */
import {
  parseActionId,
  unfoldId,
  type Button,
  type Field,
  type Form,
  type PassageExcerpt,
  type Reply,
} from '../../conversation/contract.ts';
import { hostOf, runsAround, sourceLine, unfolded } from '../../conversation/plain-text.ts';
import { markup, type Html } from './markup.ts';
import type { Say } from './page.ts';

/** What comes back with whatever is pressed on one page, and works once. */
export interface Seal {
  /** Names the page. */
  once: string;
  /** Made of it with what only this browser has. */
  proof: string;
}

export interface Shown {
  receipt: string;
  reply: Reply;
}

/** What somebody may press or send on a page: the ids of its buttons and forms. */
export function offeredBy(
  { reply }: Shown,
  only: ReadonlySet<string>,
): { buttons: Button[]; form: Form | null } {
  const isOpen = ({ id }: { id: string }) => id === unfoldId || only.has(parseActionId(id).command);
  const { items, choices, buttons, form } = reply;
  return {
    buttons: [...items.flatMap(({ button }) => button ?? []), ...choices, ...buttons].filter(isOpen),
    form: form !== null && isOpen(form) ? form : null,
  };
}

/** Names of our own in a form; those of its fields stand behind «f.». */
export function sealed({ once, proof }: Seal, card: string | null, id: string): Html {
  return markup`<input type="hidden" name="once" value="${once}"><input type="hidden" name="proof" value="${proof}"><input type="hidden" name="card" value="${card ?? ''}"><input type="hidden" name="id" value="${id}">`;
}

export function renderShown(shown: Shown, only: ReadonlySet<string>, seal: Seal, say: Say): Html {
  const { reply, receipt } = shown;
  const offered = offeredBy(shown, only);
  const press = (button: Button | null, about?: string) =>
    button === null || !offered.buttons.includes(button)
      ? null
      : markup`<form class="press" method="post" action="/screen/press">${sealed(seal, receipt, button.id)}<button class="${button.style}"${about === undefined ? null : markup` aria-label="${button.label}: ${about}"`}>${button.label}</button></form>`;
  const { passages, citations } = unfolded(reply);
  const refused = reply.notice === 'refused' || reply.notice === 'failed';
  const all = (parts: readonly (Html | null)[]) => parts.filter((part) => part !== null);
  return markup`<section>${all([
    reply.about === null ? null : markup`<p class="quiet">«${reply.about}»</p>`,
    reply.text === '' ? null : reply.quoted ? markup`<h2>${reply.text}</h2>` : markup`<p class="text${refused ? ' bad' : ''}"${refused ? markup` role="alert"` : null}>${linesOf(reply.text, reply.title)}</p>`,
    reply.line === null ? null : markup`<p class="quiet">${reply.line}</p>`,
    ...passages.map((passage) => reply.quoted ? markup`<p class="text">${marked(passage)}</p>` : markup`<blockquote>${marked(passage)}</blockquote>`),
    citations.length === 0 ? null : markup`<p class="quiet">${say('source')}:</p>`,
    ...citations.map((citation) => markup`<blockquote><small>${sourceLine(citation)}</small>${citation.quote === '' ? null : markup`
«${citation.quote}»`}</blockquote>`),
    reply.facts.length === 0 ? null : markup`<dl>${reply.facts.map(({ label, value }) => markup`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`,
    reply.progress === null ? null : progressOf(reply.progress, say),
    reply.table === null ? null : tableOf(reply.table),
    reply.items.length === 0 ? null : markup`<ul>${reply.items.map(({ text, detail, button }) => markup`<li><p class="text">${text}${detail === null ? null : markup`<br><small>${detail}</small>`}</p>${press(button, text)}</li>`)}</ul>`,
    ...[reply.picture?.alt, ...reply.files.map(({ name }) => name)].flatMap((name) => (name === undefined ? [] : [markup`<p class="quiet">${name}</p>`])),
    reply.leadsTo === null ? null : markup`<p class="text"><a href="${new URL(reply.leadsTo).href}" rel="noopener noreferrer">${hostOf(reply.leadsTo)}</a></p>`,
    reply.note === null ? null : markup`<p class="note text" role="status">${reply.note}</p>`,
    offered.form === null ? null : formOf(offered.form, receipt, seal, say),
    ...[...reply.choices, ...reply.buttons].map((button) => press(button)),
    reply.aside === null ? null : markup`<p class="quiet">${reply.aside}</p>`,
  ])}</section>`;
} // prettier-ignore

/** Apart from each other: what was told of an answer, and the next question. */
function linesOf(text: string, title: string | null): Html[] {
  const bold = (line: string) =>
    runsAround(line, title).map((run) =>
      run.standsOut ? markup`<strong>${run.text}</strong>` : markup`${run.text}`,
    );
  return text.split('\n').map((line) => markup`<span>${bold(line)}</span>`);
}

function marked({ text, marks }: PassageExcerpt): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    parts.push(markup`${text.slice(at, start)}<strong>${text.slice(start, end)}</strong>`);
    at = end;
  }
  return [...parts, markup`${text.slice(at)}`];
}

function progressOf({ label, done, total }: NonNullable<Reply['progress']>, say: Say): Html {
  const words = say('of', { label, done, total });
  return markup`<p class="quiet">${words}<progress value="${done}" max="${total}" aria-label="${words}"></progress></p>`;
}

function tableOf({ columns, rows }: NonNullable<Reply['table']>): Html {
  const head = columns.map((name) => markup`<th scope="col">${name}</th>`);
  const body = rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>`);
  return markup`<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function formOf({ id, title, submitLabel, fields }: Form, card: string, seal: Seal, say: Say): Html {
  const asked = fields.map((field) => fieldOf(field, say));
  return markup`<form method="post" action="/screen/press" aria-label="${title}">${sealed(seal, card, id)}${asked}<button class="primary">${submitLabel}</button></form>`;
}

function fieldOf(field: Field, say: Say): Html {
  const { name, label, kind, required, hint, value, options, error } = field;
  const at = `f.${name}`;
  const words = markup`${label}${required ? markup` <small>(${say('required')})</small>` : null}`;
  const told = markup`${hint === null ? null : markup`<small id="${at}-hint">${hint}</small>`}${error === null ? null : markup`<p class="bad" id="${at}-error" role="alert">${error}</p>`}`;
  const described = [hint === null ? '' : `${at}-hint`, error === null ? '' : `${at}-error`].join(' ').trim();
  const rest = markup` id="${at}" name="${at}"${required ? markup` required` : null}${described === '' ? null : markup` aria-describedby="${described}"`}${error === null ? null : markup` aria-invalid="true"`}`;
  if (kind === 'choice' || kind === 'choices') {
    const chosen = kind === 'choices' ? (value ?? '').split(',') : [value ?? ''];
    const picks = options.map((option) => markup`<label class="pick"><input type="${kind === 'choice' ? 'radio' : 'checkbox'}" name="${at}" value="${option.value}"${chosen.includes(option.value) ? markup` checked` : null}${kind === 'choice' && required ? markup` required` : null}>${option.label}</label>`);
    return markup`<fieldset><legend>${words}</legend>${told}${picks}</fieldset>`;
  }
  const input =
    kind === 'multiline'
      ? markup`<textarea${rest} rows="5">${value}</textarea>`
      : markup`<input${rest} type="${kind === 'number' ? 'text' : kind}"${kind === 'number' ? markup` inputmode="decimal"` : null} value="${value}" autocomplete="off">`;
  return markup`<div class="field"><label for="${at}">${words}</label>${told}${input}</div>`;
} // prettier-ignore
