//! The bucket: sign-in, then what the user may do there.

use ferry_core::exit::Exit;

use super::{Finding, Verdict, unreachable};
use crate::doctor::facts::{Answer, StorageFacts};
use crate::doctor::host::HostKind;

/// Judges the bucket.
pub(super) fn judge(facts: &StorageFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !matches!(
        HostKind::of(&facts.host),
        HostKind::Storage | HostKind::Loopback
    ) {
        findings.push(
            Finding::new(
                "storage host",
                Verdict::Note,
                format!("{} is no known host of Object Storage", facts.host),
            )
            .next("swiftobjectstorage.REGION.oraclecloud.com, unless it is a private endpoint"),
        );
    }
    findings.push(sign_in(facts));
    findings.extend(own_object(facts));
    findings
}

fn sign_in(facts: &StorageFacts) -> Finding {
    const CHECK: &str = "storage sign-in";
    let bad = |exit, what: String| Finding::bad(CHECK, exit, what).seen(&facts.list);
    let works = facts
        .alternatives
        .iter()
        .find(|(_, answer)| *answer == Answer::Fine);
    match &facts.list {
        Answer::Fine => Finding::fine(CHECK, format!("{} may list {}", facts.user, facts.url)),
        Answer::NotTried => Finding::skipped(CHECK, "an earlier check"),
        Answer::Status { code: 401, .. } => {
            if let Some((user, _)) = works {
                return bad(
                    Exit::Refused,
                    format!("{} is refused, {user} works", facts.user),
                )
                .cause("the token is good; the user's name wants another form")
                .next(format!("user = \"{user}\""));
            }
            let forms: Vec<&str> = facts.alternatives.iter().map(|(user, _)| user.as_str()).collect();
            let tried = if forms.is_empty() {
                String::new()
            } else {
                format!(" (tried too: {})", forms.join(", "))
            };
            bad(
                Exit::Refused,
                format!("{} is refused (401){tried}", facts.user),
            )
            .cause("an auth token is wanted, not the console password; or the user is of another identity domain")
            .next("make an auth token for this user (My profile → Auth tokens), wait until it is active; for a user of another domain write <domain>/<user>")
        }
        Answer::Status { code: 403, .. } => bad(Exit::Refused, format!("{} may not list the bucket (403)", facts.user))
            .cause("no policy allows it")
            .next("allow group GROUP to read buckets in compartment C"),
        Answer::Status { code: 404, .. } => bad(Exit::Usage, format!("{} is not there for {} (404)", facts.url, facts.user))
            .cause("region, namespace or bucket is wrong, or no policy lets this user see it")
            .next("compare with the bucket's page (the namespace is not the tenancy's name); allow group GROUP to read buckets"),
        answer => unreachable(CHECK, answer, "the storage's url"),
    }
}

/// Put, get, list and delete of a small object of our own.
fn own_object(facts: &StorageFacts) -> Vec<Finding> {
    let object = &facts.object;
    let put = match &facts.put {
        Answer::Fine => Finding::fine("storage put", format!("{object} was put")),
        answer => denied(
            "storage put",
            answer,
            "may not put objects",
            "manage objects",
        ),
    };
    let get = match (&facts.get, facts.intact) {
        (Answer::Fine, Some(false)) => Finding::bad(
            "storage get",
            Exit::No,
            "what came back is not what was put",
        )
        .cause("something between changes what is transferred")
        .next("try without a proxy"),
        (Answer::Fine, _) => Finding::fine("storage get", format!("{object} came back whole")),
        (answer, _) => denied(
            "storage get",
            answer,
            "may not read objects",
            "read objects",
        ),
    };
    let listed = match facts.listed {
        Some(true) => Finding::fine("storage listing", "shows the object"),
        Some(false) => Finding::new(
            "storage listing",
            Verdict::Note,
            "does not show the object yet",
        )
        .cause("the listing is late")
        .next("nothing: ferry waits for it"),
        None => Finding::skipped("storage listing", "putting an object"),
    };
    let delete = match &facts.delete {
        Answer::Fine => Finding::fine("storage delete", format!("{object} is gone again")),
        answer => {
            let finding = denied(
                "storage delete",
                answer,
                "may not remove objects",
                "manage objects",
            );
            match finding.verdict {
                Verdict::Bad => Finding {
                    what: format!("{}; {object} is left there", finding.what),
                    ..finding
                },
                _ => finding,
            }
        }
    };
    vec![put, get, listed, delete]
}

fn denied(check: &'static str, answer: &Answer, what: &str, right: &str) -> Finding {
    match answer {
        // The service is known to say 404 where the user has no right.
        Answer::Status {
            code: code @ (401 | 403 | 404),
            ..
        } => Finding::bad(check, Exit::Refused, format!("the user {what} ({code})"))
            .seen(answer)
            .cause("no policy allows it")
            .next(format!("allow group GROUP to {right} in compartment C")),
        Answer::Status {
            code: 413 | 507, ..
        } => Finding::bad(check, Exit::Refused, "the bucket takes no more")
            .seen(answer)
            .cause("a quota is used up")
            .next("remove old archives, or raise the quota"),
        Answer::NotTried => Finding::skipped(check, "the storage sign-in"),
        answer => unreachable(check, answer, "the storage's url"),
    }
}
