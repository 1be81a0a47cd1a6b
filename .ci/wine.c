// What Wine 8 lacks: each section, chosen by -D, is one library beside Windows' programs.
#include <windows.h>

#ifdef BCRYPTPRIMITIVES // Rust (pydantic) draws random bytes by this function of Windows 10
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); // RtlGenRandom

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T size)
{
    return SystemFunction036(bytes, (ULONG)size);
}
#endif

#ifdef NTDLX // PostgreSQL asks ntdll for three functions; Wine's does not have this one
__declspec(dllexport) LONG NTAPI NtFlushBuffersFileEx(HANDLE file, ULONG flags, PVOID of, ULONG size, PVOID status)
{
    return 0; // nothing to keep here
}
#endif

#ifdef UCRTBASE // the C runtime: what begins with own_ replaces Wine's, which winecrt.dll has
#include <complex.h>
#include <string.h>

// Wine only names the complex functions, which numpy looks up.
typedef struct { double re, im; } Double;
typedef struct { float re, im; } Float;
#define IN(type, z) __builtin_complex((type)(z).re, (type)(z).im)
#define OUT(kind, z) (kind){__real__(z), __imag__(z)}
#define TO_REAL(name) \
    double own_##name(Double z) { return name(IN(double, z)); } \
    double own_##name##l(Double z) { return name(IN(double, z)); } \
    float own_##name##f(Float z) { return name##f(IN(float, z)); }
#define TO_COMPLEX(name) \
    Double own_##name(Double z) { double complex r = name(IN(double, z)); return OUT(Double, r); } \
    Double own_##name##l(Double z) { double complex r = name(IN(double, z)); return OUT(Double, r); } \
    Float own_##name##f(Float z) { float complex r = name##f(IN(float, z)); return OUT(Float, r); }
TO_REAL(creal) TO_REAL(cimag) TO_REAL(cabs) TO_REAL(carg)
TO_COMPLEX(ccos) TO_COMPLEX(ccosh) TO_COMPLEX(cexp) TO_COMPLEX(clog) TO_COMPLEX(csin)
TO_COMPLEX(csinh) TO_COMPLEX(csqrt) TO_COMPLEX(ctan) TO_COMPLEX(ctanh)
Double own_cpow(Double x, Double y)
{
    double complex r = cpow(IN(double, x), IN(double, y));
    return OUT(Double, r);
}
Double own_cpowl(Double x, Double y) { return own_cpow(x, y); }
Float own_cpowf(Float x, Float y)
{
    float complex r = cpowf(IN(float, x), IN(float, y));
    return OUT(Float, r);
}

int own__commit(int file) { return 0; } // initdb and checkpoints: nothing to keep here

// After setlocale(LC_CTYPE, "zu-ZA") Wine calls the other categories so, too; initdb 16 stumbles.
typedef char *(*SetLocale)(int, const char *);
static char names[6][256] = {"C", "C", "C", "C", "C", "C"};

char *own_setlocale(int category, const char *name)
{
    char *now = ((SetLocale)GetProcAddress(GetModuleHandleA("winecrt.dll"), "setlocale"))(category, name);
    if (!now || category < 0 || category > 5)
        return now;
    if (name)
        for (int one = category ? category : 1; one <= (category ? category : 5); one++)
            strcpy(names[one], strcmp(name, "C") ? now : "C");
    return category ? names[category] : now;
}
#endif
