/** What an invoke asks for: a button, a dialog, a form, a verdict, a message command, a file. Pure, as reading an activity is. */
import type { Action, Shortcut } from '../../conversation/contract.ts';
import type { Activity } from './activity.ts';
import { formVerb, refreshVerb, type Carried } from './card-parts.ts';
import { linkOf } from './link.ts';
import { ownData } from './read-activity.ts';
import { readFields } from './render-form.ts';

export type Invoke =
  /** Show the card as it is now. Teams asks by itself when somebody sees it. */
  | { kind: 'refresh'; automatic: boolean; carried: Carried }
  | { kind: 'press'; id: string; carried: Carried }
  /** Open the form that a message of ours brought. */
  | { kind: 'open-form'; carried: Carried }
  /** Press a button, and show in a dialog what comes of it. */
  | { kind: 'open-press'; id: string; carried: Carried }
  | { kind: 'submit'; id: string; fields: Action['fields']; carried: Carried }
  /** The same from a form that stands on the card. */
  | { kind: 'submit-on-card'; id: string; fields: Action['fields']; carried: Carried }
  | { kind: 'verdict'; helpful: boolean; comment: string }
  /** `link` opens the message that it was used on. */
  | { kind: 'command'; shortcut: Shortcut; message: string; link: string | null }
  | { kind: 'file'; accepted: boolean; index: number; upload: FileUpload | null }
  | { kind: 'unknown' };

export interface FileUpload {
  uploadUrl: string;
  contentUrl: string;
  name: string;
  uniqueId: string;
  fileType: string;
}

export function readInvoke(activity: Activity, shortcuts: readonly Shortcut[]): Invoke {
  const given = record(activity.value);
  switch (activity.name) {
    case 'adaptiveCard/action':
      return readCardAction(given);
    case 'task/fetch':
      return readOpening(record(given.data));
    case 'task/submit':
      return readSubmit(record(given.data));
    case 'message/submitAction': {
      const said = record(given.actionValue);
      return said.reaction === 'like' || said.reaction === 'dislike'
        ? { kind: 'verdict', helpful: said.reaction === 'like', comment: commentIn(said.feedback) }
        : { kind: 'unknown' };
    }
    case 'composeExtension/fetchTask':
    case 'composeExtension/submitAction': {
      const data = record(given.data);
      if (ownData(data) !== null) return readSubmit(data);
      const shortcut = shortcuts.find((each) => commandIdOf(each) === given.commandId);
      if (shortcut === undefined) return { kind: 'unknown' };
      const payload = record(given.messagePayload);
      const id = (part: unknown) => (typeof part === 'string' ? part : null);
      const link = linkOf(activity, id(payload.id), id(payload.replyToId));
      return { kind: 'command', shortcut, message: messageIn(payload), link };
    }
    case 'fileConsent/invoke':
      return readConsent(given);
    default:
      return { kind: 'unknown' };
  }
}

/** Teams takes letters, digits and a few signs in the id of a command; the manifest names it the same way. */
export function commandIdOf({ id }: Shortcut): string {
  return id.replace(/[^\w.-]/g, '_').slice(0, 64);
}

function readCardAction(given: Record<string, unknown>): Invoke {
  const pressed = record(given.action);
  if (pressed.verb === refreshVerb)
    return {
      kind: 'refresh',
      automatic: given.trigger === 'automatic',
      carried: carriedIn(ownData(pressed.data)),
    };
  const ours = ownData(pressed.data);
  if (pressed.verb === formVerb && typeof ours?.form === 'string')
    return {
      kind: 'submit-on-card',
      id: ours.form,
      fields: readFields(record(pressed.data)),
      carried: carriedIn(ours),
    };
  const id = ours?.press;
  return typeof id === 'string' && id !== ''
    ? { kind: 'press', id, carried: carriedIn(ours) }
    : { kind: 'unknown' };
}

function readOpening(data: Record<string, unknown>): Invoke {
  const ours = ownData(data);
  if (ours?.form === true) return { kind: 'open-form', carried: carriedIn(ours) };
  return typeof ours?.press === 'string'
    ? { kind: 'open-press', id: ours.press, carried: carriedIn(ours) }
    : { kind: 'unknown' };
}

function readSubmit(data: Record<string, unknown>): Invoke {
  const ours = ownData(data);
  if (typeof ours?.form === 'string')
    return { kind: 'submit', id: ours.form, fields: readFields(data), carried: carriedIn(ours) };
  return typeof ours?.press === 'string'
    ? { kind: 'open-press', id: ours.press, carried: carriedIn(ours) }
    : { kind: 'unknown' };
}

function readConsent(given: Record<string, unknown>): Invoke {
  const index = ownData(given.context)?.file;
  if (given.type !== 'fileUpload' || typeof index !== 'number') return { kind: 'unknown' };
  const info = record(given.uploadInfo);
  const text = (part: unknown) => (typeof part === 'string' ? part : '');
  const upload =
    typeof info.uploadUrl === 'string'
      ? {
          uploadUrl: info.uploadUrl,
          contentUrl: text(info.contentUrl),
          name: text(info.name),
          uniqueId: text(info.uniqueId),
          fileType: text(info.fileType),
        }
      : null;
  return { kind: 'file', accepted: given.action === 'accept', index, upload };
}

/** The text of Teams' own feedback form comes as JSON in a string. */
function commentIn(feedback: unknown): string {
  if (typeof feedback !== 'string') return '';
  try {
    const text = record(JSON.parse(feedback)).feedbackText;
    return typeof text === 'string' ? text.trim() : '';
  } catch {
    return feedback.trim();
  }
}

/** Words of the message that a command was used on, without its HTML. */
function messageIn(payload: Record<string, unknown>): string {
  const { content, contentType } = record(payload.body);
  if (typeof content !== 'string') return '';
  if (contentType !== 'html') return content.trim();
  return content
    .replace(/<(br|\/p|\/div|\/li|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;|&apos;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

function carriedIn(ours: Record<string, unknown> | null): Carried {
  return {
    ...(typeof ours?.at === 'string' ? { at: ours.at } : {}),
    ...(typeof ours?.card === 'string' ? { card: ours.card } : {}),
    ...(ours?.direct === true ? { direct: true } : {}),
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
