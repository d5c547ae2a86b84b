/* The executable `chatd`: finds the tree that it brings, and becomes the Python in it.
 *
 * The tree is the file's tail: a stream of zstd, made by `release/executable.py`, and a footer. It is unpacked once into
 * a folder of the caller's cache, under a name made of its content and of this boot of the machine: what a power cut has
 * left half on the disk is never run. Every process holds a lock on the tree that it uses; who unpacks a newer one
 * removes those that nobody holds. An executable without a tail stands in a tree, in bin/, and uses that one.
 *
 * It writes nowhere else, starts no second process and changes no variable of the environment. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { NAME = 16, BOOT = 8, BLOCK = 1 << 20, PATHS = 3072 };

struct footer { /* as `release/executable.py` writes it, little-endian */
    uint64_t packed;
    char name[NAME];
    char magic[8];
};

struct entry { /* before each path and its bytes */
    uint32_t mode, path;
    uint64_t size;
};

static const char *program = "chatd";
static char half[PATHS]; /* a tree that is being unpacked */

static void remove_tree(const char *path);

static void fail(const char *form, ...)
{
    va_list values;
    fprintf(stderr, "%s: ", program);
    va_start(values, form);
    vfprintf(stderr, form, values);
    va_end(values);
    fputc('\n', stderr);
    if (half[0] != '\0')
        remove_tree(half); /* a full disk must not stay full of it */
    exit(1);
}

static void join(char *into, const char *form, ...)
{
    va_list values;
    va_start(values, form);
    int length = vsnprintf(into, PATHS, form, values);
    va_end(values);
    if (length < 0 || length >= PATHS)
        fail("a path is too long: %.60s...", into);
}

/* --- the stream of the tree */

struct stream {
    ZSTD_DStream *zstd;
    ZSTD_inBuffer in;
    char *block;
    size_t at, filled;
};

static size_t some(struct stream *from, char **bytes, uint64_t most)
{
    while (from->at == from->filled) {
        ZSTD_outBuffer out = {from->block, BLOCK, 0};
        size_t left = ZSTD_decompressStream(from->zstd, &out, &from->in);
        if (ZSTD_isError(left) || (out.pos == 0 && from->in.pos == from->in.size))
            fail("this file is damaged: fetch it again, and compare it with SHA256SUMS");
        from->at = 0;
        from->filled = out.pos;
    }
    size_t size = from->filled - from->at;
    if (size > most)
        size = most;
    *bytes = from->block + from->at;
    from->at += size;
    return size;
}

static void all(struct stream *from, void *into, size_t size)
{
    char *bytes;
    for (size_t done = 0; done < size;) {
        size_t given = some(from, &bytes, size - done);
        memcpy((char *)into + done, bytes, given);
        done += given;
    }
}

static void write_file(struct stream *from, const char *path, uint32_t mode, uint64_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0755);
    if (file < 0)
        fail("cannot write %s: %s", path, strerror(errno));
    while (size > 0) {
        char *bytes;
        size_t given = some(from, &bytes, size);
        for (size_t done = 0; done < given;) {
            ssize_t written = write(file, bytes + done, given - done);
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                fail("cannot write %s: %s", path, strerror(errno));
            done += written;
        }
        size -= given;
    }
    if (close(file) != 0)
        fail("cannot write %s: %s", path, strerror(errno));
}

static void unpack(const char *packed, size_t size, const char *folder)
{
    struct stream from = {ZSTD_createDStream(), {packed, size, 0}, malloc(BLOCK), 0, 0};
    char name[PATHS], path[2 * PATHS], target[PATHS];
    if (from.zstd == NULL || from.block == NULL)
        fail("no memory is left");
    umask(022);
    for (struct entry entry; all(&from, &entry, sizeof entry), entry.path != 0;) {
        if (entry.path >= PATHS)
            fail("this file is damaged: fetch it again, and compare it with SHA256SUMS");
        all(&from, name, entry.path);
        name[entry.path] = '\0';
        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (S_ISDIR(entry.mode)) {
            if (mkdir(path, 0755) != 0)
                fail("cannot make %s: %s", path, strerror(errno));
        } else if (S_ISLNK(entry.mode) && entry.size < PATHS) {
            all(&from, target, entry.size);
            target[entry.size] = '\0';
            if (symlink(target, path) != 0)
                fail("cannot make %s: %s", path, strerror(errno));
        } else {
            write_file(&from, path, entry.mode, entry.size);
        }
    }
    ZSTD_freeDStream(from.zstd);
    free(from.block);
}

/* --- the cache */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Trees that no process holds, and what an unpacking that was killed left: those whose names begin so. */
static void remove_unused(const char *cache, const char *beginning)
{
    char path[PATHS];
    DIR *folder = opendir(cache);
    if (folder == NULL)
        return;
    for (struct dirent *one; (one = readdir(folder)) != NULL;) {
        if (strncmp(one->d_name, beginning, strlen(beginning)) != 0 || (*beginning == '\0' && one->d_name[0] == '.'))
            continue;
        join(path, "%s/%s", cache, one->d_name);
        int tree = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (tree < 0)
            continue;
        if (flock(tree, LOCK_EX | LOCK_NB) == 0)
            remove_tree(path);
        close(tree);
    }
    closedir(folder);
}

static void boot(char *into)
{
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, into, BOOT) != BOOT)
        memcpy(into, "00000000", BOOT);
    into[BOOT] = '\0';
    if (file >= 0)
        close(file);
}

static void make_folders(const char *path)
{
    char part[PATHS];
    join(part, "%s", path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        mkdir(part, 0700);
    }
    if (mkdir(part, 0700) != 0 && errno != EEXIST)
        fail("cannot make %s: %s; name another folder in XDG_CACHE_HOME", part, strerror(errno));
}

static void find_cache(char *into)
{
    const char *given = getenv("CACHE_DIRECTORY"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct stat status;
    if (given != NULL && given[0] == '/')
        join(into, "%.*s", (int)strcspn(given, ":"), given); /* as systemd gives it, one or several */
    else if (xdg != NULL && xdg[0] == '/')
        join(into, "%s/chatd", xdg);
    else if (home != NULL && home[0] == '/')
        join(into, "%s/.cache/chatd", home);
    else
        fail("there is no folder to unpack into: set HOME or XDG_CACHE_HOME");
    make_folders(into);
    if (lstat(into, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        fail("%s is not a folder of yours, and what is in it would be run; name another one in XDG_CACHE_HOME", into);
    if (status.st_mode & 022 && chmod(into, 0700) != 0)
        fail("others may write into %s: %s", into, strerror(errno));
}

/* Locked for as long as this process lives, whatever program it becomes. */
static int hold(const char *tree)
{
    struct stat held, there;
    int file = open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (file < 0)
        return -1;
    if (flock(file, LOCK_SH) == 0 && fstat(file, &held) == 0 && stat(tree, &there) == 0 && held.st_ino == there.st_ino
        && held.st_uid == geteuid())
        return file;
    close(file);
    return -1;
}

static void find_tree(char *into, const char *packed, const struct footer *footer)
{
    char cache[PATHS], name[NAME + BOOT + 2], started[BOOT + 1], making[PATHS];
    find_cache(cache);
    boot(started);
    snprintf(name, sizeof name, "%.*s-%s", NAME, footer->name, started);
    join(into, "%s/%s", cache, name);
    if (hold(into) >= 0)
        return;
    int lock = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        fail("cannot use %s: %s", cache, strerror(errno));
    if (hold(into) < 0) { /* nobody else unpacked it meanwhile */
        remove_unused(cache, "");
        join(making, "%s/new-XXXXXX", cache);
        if (mkdtemp(making) == NULL)
            fail("cannot write into %s: %s; name another folder in XDG_CACHE_HOME", cache, strerror(errno));
        strcpy(half, making);
        unpack(packed, footer->packed, making);
        if (rename(making, into) != 0 || hold(into) < 0)
            fail("cannot use %s: %s", into, strerror(errno));
        half[0] = '\0';
    }
    close(lock);
}

/* --- by hand */

/* A tree that is there is whole, also after a power cut: it gets its name last. */
static void unpack_into(char *target, const char *packed, size_t size)
{
    struct stat there;
    char making[PATHS], parent[PATHS], beginning[PATHS];
    for (size_t end = strlen(target); end > 1 && target[end - 1] == '/'; end--)
        target[end - 1] = '\0';
    if (lstat(target, &there) == 0)
        fail("unpack takes a folder that does not exist yet, not %s, which is there already", target);
    const char *slash = strrchr(target, '/'), *name = slash != NULL ? slash + 1 : target;
    join(parent, "%.*s", slash == NULL ? 1 : slash == target ? 1 : (int)(slash - target), slash != NULL ? target : ".");
    join(beginning, "%s.new-", name);
    remove_unused(parent, beginning);
    join(making, "%s.new-XXXXXX", target);
    if (mkdtemp(making) == NULL)
        fail("cannot make %s: %s", target, strerror(errno));
    strcpy(half, making);
    int tree = open(making, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (tree < 0 || flock(tree, LOCK_EX) != 0)
        fail("cannot make %s: %s", target, strerror(errno));
    unpack(packed, size, making);
    if (chmod(making, 0755) != 0 || syncfs(tree) != 0 || rename(making, target) != 0)
        fail("cannot make %s: %s", target, strerror(errno));
    half[0] = '\0';
    close(tree);
}

/* --- the start */

static void become(const char *tree, const char *which, int count, char **given)
{
    char python[PATHS], script[PATHS];
    char **arguments = calloc(count + 4, sizeof *arguments);
    if (arguments == NULL)
        fail("no memory is left");
    join(python, "%s/bin/python3", tree);
    join(script, "%s/libexec/%s", tree, which);
    arguments[0] = python;
    arguments[1] = "-I"; /* no variable and no folder of the caller's decides what is loaded */
    arguments[2] = script;
    memcpy(arguments + 3, given, count * sizeof *given);
    execv(python, arguments);
    if (errno == EACCES)
        fail("%s may not be run: is its file system mounted noexec? Name another folder in XDG_CACHE_HOME", python);
    fail("cannot run %s: %s", python, strerror(errno));
}

int main(int count, char **given)
{
    char self[PATHS], tree[PATHS];
    struct footer footer = {0};
    struct stat status;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        fail("/proc is not mounted");
    self[length] = '\0';

    const char *slash = count > 0 ? strrchr(given[0], '/') : NULL;
    const char *called = slash != NULL ? slash + 1 : count > 0 ? given[0] : "chatd";
    int skipped = 1;
    if (strncmp(called, "chatctl", 7) == 0) {
        program = "chatctl";
    } else if (count > 1 && strcmp(given[1], "ctl") == 0) {
        program = "chatctl";
        skipped = 2;
    }

    int file = open(self, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0)
        fail("cannot read %s: %s", self, strerror(errno));
    if (pread(file, &footer, sizeof footer, status.st_size - sizeof footer) != sizeof footer
        || memcmp(footer.magic, "chatdtre", 8) != 0) {
        for (int up = 0; up < 2 && strrchr(self, '/') != NULL; up++)
            *strrchr(self, '/') = '\0';
        become(self, program, count - skipped, given + skipped);
    }
    if (footer.packed > (uint64_t)status.st_size)
        fail("this file is damaged: fetch it again, and compare it with SHA256SUMS");
    off_t begin = status.st_size - sizeof footer - footer.packed, page = begin & ~((off_t)sysconf(_SC_PAGESIZE) - 1);
    char *mapped = mmap(NULL, status.st_size - page, PROT_READ, MAP_PRIVATE, file, page);
    if (mapped == MAP_FAILED)
        fail("cannot read %s: %s", self, strerror(errno));
    const char *packed = mapped + (begin - page);

    if (count > 1 && strcmp(given[1], "unpack") == 0 && skipped == 1 && strcmp(program, "chatd") == 0) {
        if (count != 3)
            fail("unpack takes a folder that does not exist yet, such as /opt/chatd");
        unpack_into(given[2], packed, footer.packed);
        return 0;
    }
    find_tree(tree, packed, &footer);
    become(tree, program, count - skipped, given + skipped);
}
