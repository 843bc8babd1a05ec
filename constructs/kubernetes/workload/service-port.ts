/** Port of every application's Service, so that callers write `http://<name>.<namespace>`. */
export const SERVICE_PORT = 80;
