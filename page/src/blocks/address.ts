/** The address if a person may be sent there by a click, else nothing: no script, no file. */
export function address(url: string | undefined): string | undefined {
  return url && /^(https?:\/\/|mailto:|\/archives\/|#\/)/i.test(url) ? url : undefined;
}
