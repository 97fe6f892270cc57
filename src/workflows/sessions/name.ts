/** With which the commands of its buttons begin. */
export const room = 'sessions';
