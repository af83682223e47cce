use super::*;

fn client(id: &str) -> Client {
    Client {
        id: id.to_owned(),
        secret: Hidden("hush-hush".to_owned()),
        instance: "test".to_owned(),
        role: Some(Role::ServiceDeveloper),
        refresh: false,
        certificates: Vec::new(),
    }
}

fn user(name: &str, instance: &str) -> User {
    User {
        name: name.to_owned(),
        password: Hidden("hush-hush".to_owned()),
        instance: instance.to_owned(),
        role: Some(Role::ServiceDeveloper),
        disabled: false,
    }
}

#[test]
fn secrets_show_in_no_debug_output() {
    let mut identity = Identity::default();
    identity.add_client(client("app")).unwrap();
    identity.add_user(user("jane", "test")).unwrap();
    assert!(!format!("{identity:?}").contains("hush"));
}

#[test]
fn what_is_added_is_checked() {
    let mut identity = Identity::default();
    identity.add_client(client("app")).unwrap();
    identity.add_user(user("jane", "test")).unwrap();
    identity.add_user(user("jane", "prod")).unwrap();
    let same = Misfit::SameClient("app".to_owned());
    assert_eq!(identity.add_client(client("app")), Err(same));
    assert_eq!(identity.add_client(client("")), Err(Misfit::Name));
    let again = identity.add_user(user("jane", "test")).unwrap_err();
    assert_eq!(again.to_string(), "two users of test are called jane");
    assert_eq!(identity.add_user(user("a:b", "test")), Err(Misfit::Name));
    let nobody = identity.register_certificate("nobody", None, b"");
    assert_eq!(nobody, Err(Misfit::NoClient("nobody".to_owned())));
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (pem, why) in [
        ("", certificate::Unusable::NoKey),
        (pem, certificate::Unusable::Unreadable),
        (
            &pem.replace("CERTIFICATE", "PRIVATE KEY"),
            certificate::Unusable::NoKey,
        ),
        (
            &pem.replace("CERTIFICATE", "PUBLIC KEY"),
            certificate::Unusable::OtherKey,
        ),
    ] {
        let refused = identity.register_certificate("app", None, pem.as_bytes());
        assert_eq!(refused, Err(Misfit::Certificate(why)), "{pem}");
    }
}
