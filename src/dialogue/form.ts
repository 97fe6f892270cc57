/** A button that opens a form, and the form that it sends: two commands that say their errors alike. */
import type {
  ActionCall,
  ActionHandler,
  Actions,
  Addressed,
  Context,
  Form,
  SigningAction,
} from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { savepoint } from '../db/savepoint.ts';
import { Refusal } from '../errors.ts';
import { selectPeopleNamed, type Person } from '../records/person.ts';
import { toAsker } from './command.ts';
import { askAgain, carriedOn, errorsIn, type Errors, type Sent } from './form-fields.ts';

export interface FormCommand<Opened> {
  /** What it is about, locked, for whoever may see it and as long as it makes sense; whoever comes later is told who was faster. */
  open(tx: Queryable, context: Context, call: ActionCall): Promise<Opened>;
  lead(opened: Opened): string | Promise<string>;
  form(opened: Opened): Form | Promise<Form>;
  /** What is wrong beside what every form is asked: all of it is said at once. */
  wrong?(opened: Opened, fields: Sent): Errors | Promise<Errors>;
  /** Writes it. What the record refuses for a value of one field is said at that field. */
  write(opened: Opened, fields: Sent): Promise<Addressed[]>;
  /** The field that a refusal most likely is about. */
  at: string;
  /** What is said at a needed field that is empty. */
  missing?: string;
  /** Of a decision: the card that it is made on. */
  look?: SigningAction['look'];
}

/** A field whose value does not do, found while writing. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** What the button does that opens it, and what sending it does. */
export function formHandlers<Opened>({
  open: opened,
  lead,
  form,
  wrong,
  write,
  at,
  missing,
}: FormCommand<Opened>): Record<'open' | 'send', ActionHandler> {
  return {
    async open(tx, context, call) {
      const parts = await opened(tx, context, call);
      return toAsker({ text: await lead(parts), form: carriedOn(await form(parts), call) });
    },
    async send(tx, context, call) {
      const { fields } = call;
      const parts = await opened(tx, context, call);
      const asked = carriedOn(await form(parts), call);
      const errors = { ...errorsIn(asked, fields, context, missing), ...(await wrong?.(parts, fields)) };
      if (Object.keys(errors).length > 0) return askAgain(asked, fields, errors);
      return orAskAgain(tx, asked, fields, at, () => write(parts, fields));
    },
  };
}

/** @returns the commands `<room>.<name>` and `<room>.send-<name>` */
export function formCommand<Opened>(room: string, name: string, command: FormCommand<Opened>): Actions {
  const { look } = command;
  const { open, send } = formHandlers(command);
  return {
    [`${room}.${name}`]: look === undefined ? open : { look, sign: open },
    [`${room}.send-${name}`]: look === undefined ? send : { look, sign: send },
  };
}

/** What is refused, or a value that does not do, leaves nothing written and the form open, with all that was typed. */
export async function orAskAgain(
  tx: Queryable,
  form: Form,
  fields: Sent,
  at: string,
  write: () => Promise<Addressed[]>,
): Promise<Addressed[]> {
  try {
    return await savepoint(tx, write);
  } catch (error) {
    if (!(error instanceof FieldError) && !(error instanceof Refusal)) throw error;
    return askAgain(form, fields, { [error instanceof FieldError ? error.field : at]: error.message });
  }
}

/** Whom the words of a field name. @throws FieldError where that is nobody, or several */
export async function personNamed(
  tx: Queryable,
  { platform }: Pick<Context, 'platform'>,
  said: string,
  fieldName: string,
): Promise<Person> {
  const found = await resolvePersonNamed(tx, platform, said);
  if ('person' in found) return found.person;
  if (found.among.length === 0)
    throw new FieldError(fieldName, `I know nobody called «${said}». Write their e-mail address.`);
  const several = found.among.map(({ name, email }) => `${name} (${email ?? 'no address'})`).join(', ');
  throw new FieldError(fieldName, `That could be ${several}. Write the e-mail address.`);
}

/** Whom somebody named: one person, or the few whom the words fit. */
export async function resolvePersonNamed(
  tx: Queryable,
  platform: string,
  words: string,
): Promise<{ person: Person } | { among: Person[] }> {
  const found = await selectPeopleNamed(tx, platform, words);
  const [first] = found;
  const exact = found.filter(({ name, email }) =>
    [name.toLowerCase(), email].includes(words.trim().replace(/^@/, '').toLowerCase()),
  );
  if (first !== undefined && (found.length === 1 || exact.length === 1)) return { person: exact[0] ?? first };
  return { among: found };
}
