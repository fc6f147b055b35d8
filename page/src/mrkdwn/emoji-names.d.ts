declare module "emoji-names" {
  const names: Readonly<Record<string, string>>;
  export default names;
}
