use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret;

use super::*;

fn secrets(values: &[(&str, &str)]) -> (Secrets, Arc<Mutex<Vec<String>>>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&warnings);
    (
        Secrets::new(
            Variables::fixed(values),
            move |text| {
                kept.lock().unwrap().push(text.to_owned());
            },
            |_| {},
        ),
        warnings,
    )
}

fn place(folder: &Path) -> Place {
    Place {
        file: folder.join("ferry.toml"),
        line: 7,
    }
}

#[cfg(unix)]
fn mode(file: &Path, bits: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(file, std::fs::Permissions::from_mode(bits)).unwrap();
}

#[test]
fn a_variable_is_read_when_it_is_set() {
    let (secrets, _) = secrets(&[("TOKEN", "s3cr3t\n"), ("EMPTY", "")]);
    let read = |text: &str| secrets.read(&text.parse().unwrap(), "storages.a.password", None);
    assert_eq!(read("env:TOKEN").unwrap().expose_secret(), "s3cr3t");
    let error = read("env:EMPTY").unwrap_err().to_string();
    assert_eq!(error, "storages.a.password: the variable EMPTY is not set");
}

#[cfg(unix)]
#[test]
fn a_file_is_read_beside_the_workspace_file_and_judged_by_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs_err::write(&file, "s3cr3t with blank \r\n").unwrap();
    mode(&file, 0o600);
    let (secrets, warnings) = secrets(&[]);
    let read = || {
        secrets.read(
            &"file:token".parse().unwrap(),
            "k",
            Some(place(folder.path())),
        )
    };
    assert_eq!(read().unwrap().expose_secret(), "s3cr3t with blank ");
    assert!(warnings.lock().unwrap().is_empty());
    mode(&file, 0o644);
    read().unwrap();
    let told = warnings.lock().unwrap().join("\n");
    assert!(
        told.contains("others may read") && !told.contains("s3cr3t"),
        "{told}"
    );
    fs_err::remove_file(&file).unwrap();
    let error = read().unwrap_err().to_string();
    assert!(
        error.contains("ferry.toml:7: k: ") && error.contains("cannot be read"),
        "{error}"
    );
}

#[test]
fn the_home_folder_is_understood() {
    let variables = Variables::fixed(&[("HOME", "/home/jane")]);
    assert_eq!(
        variables.expand("~/.ferry/token", Some(Path::new("/w"))),
        Path::new("/home/jane/.ferry/token")
    );
    assert_eq!(
        variables.expand("token", Some(Path::new("/w"))),
        Path::new("/w/token")
    );
    assert_eq!(
        variables.expand("/abs", Some(Path::new("/w"))),
        Path::new("/abs")
    );
}

#[cfg(unix)]
#[test]
fn a_command_runs_without_a_shell_and_only_from_a_file_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ferry.toml");
    fs_err::write(&file, "").unwrap();
    mode(&file, 0o644);
    let (secrets, _) = secrets(&[]);
    let read = |text: &str| secrets.read(&text.parse().unwrap(), "k", Some(place(folder.path())));
    assert_eq!(
        read("cmd:echo '$HOME  two' \"three\"")
            .unwrap()
            .expose_secret(),
        "$HOME  two three"
    );
    assert!(
        read("cmd:false")
            .unwrap_err()
            .to_string()
            .contains("failed")
    );
    assert!(
        read("cmd:true")
            .unwrap_err()
            .to_string()
            .contains("gives nothing")
    );
    assert!(
        read("cmd:ferry-no-such-command")
            .unwrap_err()
            .to_string()
            .contains("cannot be run")
    );
    assert!(
        read("cmd:echo 'open")
            .unwrap_err()
            .to_string()
            .contains("quote")
    );
    for bits in [0o666, 0o664] {
        mode(&file, bits);
        let error = read("cmd:echo x").unwrap_err();
        assert!(error.to_string().contains("others may write"), "{error}");
        assert!(error.parts().1.unwrap().contains("chmod go-w"));
    }
}
