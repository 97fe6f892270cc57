/**
 * The door for people without chat: a page in a browser, on a shared screen or a phone, for whoever types a code of their own. It
 * shows what the core answers, and hands over what is pressed; nothing is sent here to anybody who does not ask.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InputParts, Opening, Sender } from '../../conversation/contract.ts';
import type { Core, Door, Port } from '../../conversation/port.ts';
import { createRefusals, type Log } from '../../log.ts';
import { markup, type Html } from './markup.ts';
import { headers, pageText, type Page, type Say } from './page.ts';
import { offeredBy, renderShown, sealed, type Seal } from './render.ts';
import { cookieName, isForUs, sourceOf, takeForm, tokenIn } from './request.ts';

const platform = 'screen';
const home = '/screen';
/** Seconds: one more than a session waits for a press. */
const idle = 181;
/** Milliseconds that a page waits for an answer before it says «one moment». */
const answerTimeout = 10_000;

export interface Seated extends Omit<Sender, 'email' | 'directAddress'> {
  /** Names the session, and opens nothing. */
  session: string;
}

/** Who may sit here; the records are elsewhere. */
export interface Access {
  open(code: string, source: string): Promise<{ token: string } | 'wrong' | 'later'>;
  find(token: string): Promise<Seated | null>;
  stay(token: string): Promise<void>;
  close(token: string): Promise<void>;
}

export interface ScreenOptions {
  /** The address under which browsers reach us. */
  url: string;
  access: Access;
  /** Commands that can be used here. */
  only: ReadonlySet<string>;
  /** What the address in a QR code names, by its kind there. */
  opening(kind: string, name: string, locale: string): Promise<Opening | null>;
  words(locale: string): { language: string; say: Say };
  log: Log;
}

export function createScreenDoor(options: ScreenOptions): Door {
  const { access, only, words, log } = options;
  const ours = new URL(options.url);
  const refused = createRefusals(log, platform);
  let core: Core | null = null;
  const running = (): Core => {
    if (core === null) throw new Error('the screen was asked before it was started');
    return core;
  };

  // What stands in the outbox is on the page: there is nothing to send, and nothing that could have got lost.
  const port: Port = {
    platform,
    only,
    deliver: ({ id }) => Promise.resolve(id),
    lookUp: ({ id, edits }) => Promise.resolve({ found: true, receipt: edits ?? id }),
    directAddress: () => Promise.resolve(null),
  };

  function show(response: ServerResponse, status: number, page: Page, cookie?: string): void {
    response
      .writeHead(status, { ...headers, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) })
      .end(pageText(page));
  }

  function go(response: ServerResponse, to: string, cookie?: string): void {
    response
      .writeHead(303, { ...headers, location: to, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) })
      .end();
  }

  /** Ends with the browser, and is told to no script and with no request that began elsewhere. */
  function cookieOf(token: string | null): string {
    const secure = ours.protocol === 'https:' ? '; Secure' : '';
    return `${cookieName}=${token ?? ''}; Path=/screen; HttpOnly; SameSite=Strict${secure}${token === null ? '; Max-Age=0' : ''}`;
  }

  async function openingOf({ kind, name }: Target, locale: string | null): Promise<Opening | null> {
    return kind === '' ? null : options.opening(kind, name, locale ?? '');
  }

  async function seatedAt(request: IncomingMessage): Promise<{ token: string; seated: Seated } | null> {
    const token = tokenIn(request);
    const seated = token === null ? null : await access.find(token);
    return token === null || seated === null ? null : { token, seated };
  }

  function refuse(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
    refused(status, reason);
    const { language, say } = words(localeOf(request));
    const main = markup`<h1>${say('lost')}</h1><p><a href="${home}">${say('again')}</a></p>`;
    response.setHeader('connection', 'close'); // what was not read of the body is nobody's next request
    show(response, status, { language, title: say('lost'), main });
  }

  async function codePage(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    told: 'wrong' | 'later' | 'closed' | 'thanks' | null = null,
  ): Promise<void> {
    const locale = localeOf(request);
    const { language, say } = words(locale);
    const opening = await openingOf(target, locale);
    const isBad = told === 'wrong' || told === 'later';
    const main = markup`<h1>${say('enter')}</h1>${told === null ? null : markup`<p class="${isBad ? 'bad' : 'note'}" id="told" role="${isBad ? 'alert' : 'status'}">${say(told)}</p>`}${opening === null ? null : markup`<p>${say('opens', { title: opening.title })}</p>`}<form method="post" action="/screen/code">${opening === null ? null : targeting(target)}<div class="field"><label for="code">${say('code')}</label><small id="hint">${say('codeHint')}</small><input class="code" id="code" name="code" required autofocus maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="hint${isBad ? ' told' : ''}"></div><button class="primary">${say('begin')}</button></form>`; // prettier-ignore
    show(response, told === 'later' ? 429 : 200, {
      language,
      title: `${say('enter')} · ${say('name')}`,
      main,
    });
  }

  async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForUs(request, ours)) return refuse(request, response, 421, 'a host that is not ours');
    const { searchParams } = new URL(request.url ?? home, ours);
    const [kind = '', name = ''] = [...searchParams][0] ?? [];
    const target = { kind, name };
    const at = await seatedAt(request);
    if (at !== null) return showSeated(response, at, target);
    // Whoever had a cookie sat here, and did not say that they were done.
    const told = searchParams.has('thanks') ? 'thanks' : tokenIn(request) === null ? null : 'closed';
    return codePage(request, response, target, told);
  }

  async function showSeated(
    response: ServerResponse,
    { token, seated }: { token: string; seated: Seated },
    target: Target,
  ): Promise<void> {
    const { language, say } = words(seated.locale ?? '');
    const seal = sealFor(token);
    const shown = await running().answered(platform, addressOf(seated), AbortSignal.timeout(answerTimeout));
    const opening = await openingOf(target, seated.locale);
    const pressed = (id: string, label: string, kind: string, more: Html | null = null) => markup`<form class="press" method="post" action="/screen/press">${sealed(seal, null, id)}${more}<button class="${kind}">${label}</button></form>`;
    const done = (label: string) => markup`<form method="post" action="/screen/done">${sealed(seal, null, '')}<button class="plain">${label}</button></form>`;
    const body: readonly Html[] =
      opening !== null ? [pressed('', opening.title, 'primary', targeting(target))]
      : shown.length === 0 ? [markup`<p role="status">${say('moment')}</p>`]
      : shown.map((each) => renderShown(each, only, seal, say));
    const title = opening?.title ?? shown.find(({ reply }) => reply.text !== '')?.reply.text.split('\n')[0]?.slice(0, 80) ?? say('moment');
    show(response, 200, {
      language,
      title: `${title} · ${say('name')}`,
      header: markup`<strong>${say('you', { name: seated.name ?? '' })}</strong>${done(say('notYou'))}`,
      main: markup`<h1 class="heard">${say('name')}</h1>${body}`,
      footer: markup`${pressed('home', say('home'), 'plain')}${done(say('finish'))}<small>${say('closes')}</small>`,
      goes: { after: shown.length === 0 && opening === null ? 2 : idle, to: home },
    });
  } // prettier-ignore

  async function enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taken = await takeForm(request, ours);
    if ('status' in taken) return refuse(request, response, taken.status, taken.reason);
    const target = targetOf(taken.fields);
    const opened = await access.open((taken.fields.get('code') ?? '').slice(0, 100), sourceOf(request));
    if (typeof opened === 'string') {
      refused(opened === 'later' ? 429 : 401, `a code that is ${opened}`);
      return codePage(request, response, target, opened);
    }
    const seated = await access.find(opened.token);
    if (seated === null) return codePage(request, response, target, 'wrong');
    const opening = await openingOf(target, seated.locale);
    await hand(seated, 'begin', { id: opening?.id ?? 'home', fields: {}, card: null });
    return go(response, home, cookieOf(opened.token));
  } // prettier-ignore

  /** A page's press counts once: sent again, as by two clicks or by going back, it shows what there is. */
  async function press(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taken = await takeForm(request, ours);
    if ('status' in taken) return refuse(request, response, taken.status, taken.reason);
    const at = await seatedAt(request);
    if (at === null) return go(response, home);
    const { fields } = taken;
    if (!isSealed(at.token, fields)) return refuse(request, response, 403, 'a form of another session');
    await access.stay(at.token);
    const sent = await sentBy(at.seated, fields);
    if (sent === null) refused(409, 'a press that is not on the page any more');
    else await hand(at.seated, fields.get('once') ?? '', sent);
    return go(response, home);
  } // prettier-ignore

  /** What is on the page that is shown now, and nothing that a browser may make up beside it. */
  async function sentBy(seated: Seated, fields: URLSearchParams): Promise<Sent | null> {
    const id = fields.get('id') ?? '';
    if (id === 'home') return { id, fields: {}, card: null };
    const opening = await openingOf(targetOf(fields), seated.locale);
    if (opening !== null) return { id: opening.id, fields: {}, card: null };
    const shown = await running().answered(platform, addressOf(seated), AbortSignal.timeout(answerTimeout));
    const card = shown.find(({ receipt }) => receipt === fields.get('card'));
    if (card === undefined) return null;
    const { buttons, form } = offeredBy(card, only);
    if (form?.id === id) return { id, card: card.receipt, fields: Object.fromEntries(form.fields.map(({ name, kind }) => [name, kind === 'choices' ? fields.getAll(`f.${name}`) : (fields.get(`f.${name}`) ?? '')])) };
    return buttons.some((button) => button.id === id) ? { id, card: card.receipt, fields: {} } : null;
  } // prettier-ignore

  async function hand(seated: Seated, once: string, sent: Sent): Promise<void> {
    const { session, ...account } = seated;
    const input: InputParts = {
      kind: 'action',
      ...sent,
      sender: { ...account, email: null, directAddress: null },
      place: { address: addressOf(seated), audience: 'direct' },
    };
    const raw = Buffer.from(JSON.stringify(input));
    await running().receive({ platform, eventId: `${session}:${once}`, raw, read: () => input });
  }

  async function done(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taken = await takeForm(request, ours);
    if ('status' in taken) return refuse(request, response, taken.status, taken.reason);
    const token = tokenIn(request);
    if (token !== null && !isSealed(token, taken.fields))
      return refuse(request, response, 403, 'a form of another session');
    if (token !== null) await access.close(token);
    return go(response, `${home}?thanks`, cookieOf(null));
  }

  return {
    port,
    routes: [
      { method: 'GET', path: home, handle: get },
      { method: 'POST', path: '/screen/code', handle: enter },
      { method: 'POST', path: '/screen/press', handle: press },
      { method: 'POST', path: '/screen/done', handle: done },
    ],
    start(started) {
      core = started;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}

/** What a QR code opens: its kind and its name, empty for nothing. */
interface Target {
  kind: string;
  name: string;
}

interface Sent {
  id: string;
  fields: Record<string, string | string[]>;
  card: string | null;
}

function targetOf(fields: URLSearchParams): Target {
  return { kind: fields.get('kind') ?? '', name: fields.get('name') ?? '' };
}

function targeting({ kind, name }: Target): Html {
  return markup`<input type="hidden" name="kind" value="${kind}"><input type="hidden" name="name" value="${name}">`;
}

/** A conversation of its own each time: who sits there next reads nothing of who sat there before. */
function addressOf({ session }: Seated): string {
  return `${platform}:${session}`;
}

function sealFor(token: string): Seal {
  const once = randomBytes(16).toString('base64url');
  return { once, proof: proofOf(token, once) };
}

/** Whether the form stood on a page that this browser was given. */
function isSealed(token: string, fields: URLSearchParams): boolean {
  const given = Buffer.from(fields.get('proof') ?? '');
  const wanted = Buffer.from(proofOf(token, fields.get('once') ?? ''));
  return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
}

function proofOf(token: string, once: string): string {
  return createHmac('sha256', token).update(once).digest('base64url');
}

/** What the browser is set to, as long as nobody has said who they are. */
function localeOf({ headers: given }: IncomingMessage): string {
  return /^[a-z]{2,3}(?:-[a-z\d]{2,8})?/i.exec(given['accept-language'] ?? '')?.[0] ?? 'en';
}
