/** A button that opens a form about a non-conformity, and the form that it sends: two commands that say their errors alike. */
import type {
  ActionCall,
  ActionHandler,
  Actions,
  Addressed,
  Context,
  Form,
  SigningAction,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { lockForCause } from '../../isms/nonconformity/cause-interview.ts';
import { wrongState } from '../../isms/nonconformity/gate.ts';
import {
  lockById,
  type Nonconformity,
  type NonconformityState,
} from '../../isms/nonconformity/nonconformity.ts';
import type { Person } from '../../records/person.ts';
import { findReadable, noSuchRecord } from './register/find-readable.ts';
import { askAgain, carriedOn, errorsIn, type Sent } from '../../dialogue/form-fields.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { resolveAssignee } from './resolve.ts';

interface Filled {
  tx: Queryable;
  context: Context;
  nonconformity: Nonconformity;
  fields: Sent;
  argument: ActionCall['argument'];
}

interface FormCommand {
  /** States in which the form makes sense at all; whoever comes later is told who was faster. */
  states: readonly NonconformityState[];
  lead(nonconformity: Nonconformity): string;
  form(opened: Omit<Filled, 'fields'>): Form | Promise<Form>;
  /** Writes it. What the record refuses for a value of one field is said at that field. */
  write(filled: Filled): Promise<Addressed[]>;
  /** The field that a refusal most likely is about. */
  at: string;
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

/** @returns the commands `corrective-actions.<name>` and `corrective-actions.send-<name>` */
export function formCommand(name: string, command: FormCommand): Actions {
  const { states, lead, form, write, at, look } = command;

  async function opened(tx: Queryable, context: Context, { argument }: ActionCall) {
    const nonconformity = await lockReadable(tx, context, argument('record'));
    if (!states.includes(nonconformity.state)) throw await wrongState(tx, commandOf(context), nonconformity);
    return { tx, context, nonconformity, argument };
  }

  const open: ActionHandler = async (tx, context, call) => {
    const parts = await opened(tx, context, call);
    return toAsker({ text: lead(parts.nonconformity), form: carriedOn(await form(parts), call) });
  };
  const send: ActionHandler = async (tx, context, call) => {
    const { fields } = call;
    const parts = await opened(tx, context, call);
    const asked = carriedOn(await form(parts), call);
    const errors = errorsIn(asked, fields, context);
    if (Object.keys(errors).length > 0) return askAgain(asked, fields, errors);
    return orAskAgain(tx, asked, fields, at, () => write({ ...parts, fields }));
  };
  return {
    [`corrective-actions.${name}`]: look === undefined ? open : { look, sign: open },
    [`corrective-actions.send-${name}`]: look === undefined ? send : { look, sign: send },
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
  await tx.query('savepoint form');
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof FieldError) && !(error instanceof Refusal)) throw error;
    await tx.query('rollback to savepoint form');
    return askAgain(form, fields, { [error instanceof FieldError ? error.field : at]: error.message });
  }
}

/** Locked until the caller's transaction ends. @throws Refusal for what the person may not see, as for what is not there */
export async function lockReadable(
  tx: Queryable,
  { person }: Context,
  reference: string,
): Promise<Nonconformity> {
  const found = await findReadable(tx, person, reference);
  if (found === null) throw new Refusal(noSuchRecord(reference).text);
  return lockById(tx, found.nonconformity.id);
}

/** Whose cause is looked for, for whoever may see it and leads it. Locked until the caller's transaction ends. */
export async function lockLooking(tx: Queryable, context: Context, record: string): Promise<Nonconformity> {
  const { reference } = await lockReadable(tx, context, record);
  return lockForCause(tx, commandOf(context), reference);
}

/** Whom the words of a field name. @throws FieldError where that is nobody, or several */
export async function personNamed(
  tx: Queryable,
  context: Context,
  said: string,
  fieldName: string,
): Promise<Person> {
  const found = await resolveAssignee(tx, context, said);
  if ('person' in found) return found.person;
  if (found.among.length === 0)
    throw new FieldError(fieldName, `I know nobody called «${said}». Write their e-mail address.`);
  const several = found.among.map(({ name, email }) => `${name} (${email ?? 'no address'})`).join(', ');
  throw new FieldError(fieldName, `That could be ${several}. Write the e-mail address.`);
}
