/** Words that a button carries to the form that it opens. */
import { actionId, longestId } from './contract.ts';

/**
 * They come whole or not at all: half of them, sent on,
 * would say something else.
 */
export function actionIdWith(
  command: string,
  values: Record<string, string | number>,
  words: Record<string, string>,
): string {
  const whole = actionId(command, { ...values, ...words });
  return whole.length <= longestId ? whole : actionId(command, values);
}
