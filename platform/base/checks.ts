import { checkCertificate } from "../shared/certificate";
import type { Report } from "../shared/problems";
import type { Base } from "./resolve";

export function checkBase({ logs, authorities }: Base, report: Report): void {
  if (logs === undefined) return;
  const path = ["base", "logs"];
  const names = authorities.map(({ name }) => name);
  if (!names.includes(logs.authority)) {
    const others = names.length > 0 ? `, or use one of ${names.join(", ")}` : "";
    const rule =
      "base.authorities has no certificate of that name, so a machine could not tell the receiver from another";
    report.refuse([...path, "authority"], logs.authority, rule, `paste its certificate there${others}`);
  }
  checkCertificate(logs.certificate, [...path, "certificate"], report);
}
